import { fork, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { typescriptArguments } from '../../start/typescript-arguments.mjs';

/**
 * @typedef {object} Contender
 * @property {string} name
 * @property {(message: number, times: number) => Promise<number>} run CPU nanoseconds of those many jobs
 * @property {(message: number) => Promise<string>} show the message that one job built
 * @property {() => void} stop
 */

/** @param {string} name @param {string} file without folder and ending @returns {Promise<Contender>} */
export async function startNodeContender(name, file) {
  const child = fork(fileURLToPath(new URL('contender.mjs', import.meta.url)), [file], {
    execArgv: typescriptArguments(),
  });
  const ask = (question) =>
    new Promise((resolve, reject) => {
      const ended = (code) => reject(new Error(`${name} ended with ${code}`));
      child.once('exit', ended);
      child.once('message', (answer) => {
        child.off('exit', ended);
        resolve(answer);
      });
      if (question !== undefined) child.send(question);
    });
  await ask();
  return {
    name,
    run: async (message, times) => (await ask({ message, times })).nanoseconds,
    show: async (message) => (await ask({ message, show: true })).out,
    stop: () => child.kill(),
  };
}

/** @param {string} program @param {string[]} files one message each @returns {Contender} */
export function startOsip(program, files) {
  const child = spawn(program, files, { stdio: ['pipe', 'pipe', 'inherit'] });
  const answer = () =>
    new Promise((resolve, reject) => {
      let text = '';
      const read = (chunk) => {
        text += chunk.toString('latin1');
        if (!/(?:^|\n)\d+\n$/.test(text)) return;
        child.stdout.off('data', read);
        child.off('exit', ended);
        resolve(text);
      };
      const ended = (code) => reject(new Error(`libosip2 ended with ${code}`));
      child.once('exit', ended);
      child.stdout.on('data', read);
    });
  const ask = (line) => {
    child.stdin.write(`${line}\n`);
    return answer();
  };
  return {
    name: 'libosip2',
    run: async (message, times) => Number(await ask(`${message} ${times}`)),
    show: async (message) => (await ask(`${message} 0`)).replace(/^\d+\n/, '').replace(/\d+\n$/, ''),
    stop: () => child.stdin.end(),
  };
}
