import { receiveMessageOnPort, type MessagePort } from 'node:worker_threads';
import { MESSAGE, type CommandRing } from './command-ring.js';
import type { WorkerCommand } from './worker-message.js';

type Commands = readonly WorkerCommand[];

/** What a thread is asked for, by message or through the ring, in the order in which it was asked. */
export class CommandIntake {
  /** Messages whose place in the ring was not reached yet. */
  private readonly arrived: Commands[] = [];

  constructor(
    private readonly port: MessagePort,
    private readonly ring: CommandRing,
    private readonly obey: (command: WorkerCommand) => void,
  ) {}

  /** A message came by itself. */
  take(commands: Commands): void {
    if (commands.length > 0) this.arrived.push(commands);
    this.catchUp();
  }

  /** Does what was asked for up to now. */
  catchUp(): void {
    for (let next = this.ring.read(); next !== undefined; next = this.ring.read()) {
      if (next === MESSAGE) {
        const commands = this.nextMessage();
        // Announced, and not there yet.
        if (commands === undefined) return;
        this.ring.passFence();
        for (const command of commands) this.obey(command);
      } else this.obey(next as WorkerCommand);
    }
  }

  private nextMessage(): Commands | undefined {
    for (;;) {
      const commands = this.arrived.shift() ?? (receiveMessageOnPort(this.port)?.message as Commands | undefined);
      // One without commands only wakes.
      if (commands?.length !== 0) return commands;
    }
  }
}
