/**
 * How many phones one core carries: processor time of the audio engine per endpoint, relayed, transcoded and mixed.
 *
 *   node --conditions=@carillon/source --import ./tools/typescript/register.mjs tools/bench/media/bench-media.ts [seconds]
 *
 * The traffic comes from a process of its own. Processor time, not wall time, so that a busy machine does not matter
 * much; `tick late` does show it.
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Encoder } from '@evan/opus';
import { createAudioEngine, type AudioCodecName, type AudioEngine, type Outcome } from '@carillon/media-engine';

const RTP_PORTS = { min: 16_500, max: 16_899 };
const FIRST_SENDER_PORT = 16_900;
const SETTLE_MS = 2000;
const seconds = Number(process.argv[2] ?? 5);

/** One frame of a 400 Hz tone in each codec, sent over and over. */
const PCMU_TONE = Buffer.from(Array.from({ length: 160 }, (_, at) => (at % 20 < 10 ? 0x9f : 0x1f))).toString('hex');
const FORMATS: Record<AudioCodecName, { payloadType: number; payload: string; clock: number }> = {
  PCMU: { payloadType: 0, payload: PCMU_TONE, clock: 160 },
  PCMA: { payloadType: 8, payload: PCMU_TONE, clock: 160 },
  opus: { payloadType: 111, payload: encodeOpusTone(), clock: 960 },
};

function encodeOpusTone(): string {
  const encoder = new Encoder({ channels: 1, sample_rate: 16_000, application: 'voip' });
  const frame = Int16Array.from({ length: 320 }, (_, at) => 8000 * Math.sin((2 * Math.PI * 400 * at) / 16_000));
  // The first frames still carry the encoder's start.
  for (let warmUp = 0; warmUp < 10; warmUp += 1) encoder.encode(frame);
  return Buffer.from(encoder.encode(frame)).toString('hex');
}

interface Case {
  name: string;
  codecs: AudioCodecName[];
  arrange(engine: AudioEngine, endpointIds: string[]): Promise<void> | undefined;
}

function fill(count: number, pattern: AudioCodecName[]): AudioCodecName[] {
  return Array.from({ length: count }, (_, index) => pattern[index % pattern.length] ?? 'PCMU');
}

function connectPairs(engine: AudioEngine, endpointIds: string[]): undefined {
  for (let index = 0; index + 1 < endpointIds.length; index += 2) {
    valueOf(engine.connect(endpointIds[index] ?? '', endpointIds[index + 1] ?? ''));
  }
}

async function mixAll(engine: AudioEngine, endpointIds: string[]): Promise<void> {
  valueOf(await engine.openMix({ mixId: 'room', group: 'bench' }));
  for (const endpointId of endpointIds) {
    valueOf(await engine.addMember('room', { kind: 'endpoint', memberId: endpointId, endpointId }));
  }
}

const CASES: Case[] = [
  { name: 'relay PCMU', codecs: fill(100, ['PCMU']), arrange: connectPairs },
  { name: 'transcode PCMU and PCMA', codecs: fill(60, ['PCMU', 'PCMA']), arrange: connectPairs },
  { name: 'transcode PCMU and Opus', codecs: fill(40, ['PCMU', 'opus']), arrange: connectPairs },
  { name: 'one mix, PCMU, all speak', codecs: fill(40, ['PCMU']), arrange: mixAll },
  { name: 'one mix, Opus, all speak', codecs: fill(20, ['opus']), arrange: mixAll },
];

function valueOf<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(`${outcome.code}: ${outcome.detail}`);
  return outcome.value;
}

async function run({ name, codecs, arrange }: Case): Promise<void> {
  const engine = await createAudioEngine({ portRange: RTP_PORTS });
  const sender = spawn(process.execPath, [fileURLToPath(new URL('send-rtp.mjs', import.meta.url))], {
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  try {
    const endpointIds: string[] = [];
    for (const [index, codec] of codecs.entries()) {
      const { endpointId, rtpPort } = valueOf(await engine.openEndpoint({ group: 'bench' }));
      const { payloadType, payload, clock } = FORMATS[codec];
      const from = FIRST_SENDER_PORT + index;
      const remote = { address: '127.0.0.1', port: from };
      valueOf(engine.setMedia(endpointId, { codec, payloadType, remote, rtcpMux: true, direction: 'sendrecv' }));
      sender.stdin.write(`${JSON.stringify({ from, to: rtpPort, payloadType, payload, clock })}\n`);
      endpointIds.push(endpointId);
    }
    await arrange(engine, endpointIds);
    sender.stdin.write('go\n');
    await new Promise((settled) => setTimeout(settled, SETTLE_MS));
    const before = process.cpuUsage();
    const startMs = performance.now();
    await new Promise((measured) => setTimeout(measured, seconds * 1000));
    const used = process.cpuUsage(before);
    const share = (used.user + used.system) / 1000 / (performance.now() - startMs);
    const { packetsReceived } = valueOf(await engine.statistics(endpointIds[0] ?? ''));
    const late = engine.health().workers[0]?.tickLateMs ?? 0;
    console.log(
      `${name.padEnd(28)} ${String(codecs.length).padStart(4)} endpoints  ${(share * 100).toFixed(1).padStart(5)} % of a core  ` +
        `${((share * 100) / codecs.length).toFixed(2)} % each  about ${Math.floor(codecs.length / share)} per core  ` +
        `tick late ${late} ms  (${packetsReceived} packets heard by the first)`,
    );
  } finally {
    sender.kill();
    await engine.close();
  }
}

for (const one of CASES) await run(one);
