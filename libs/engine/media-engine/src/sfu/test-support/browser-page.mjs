/**
 * Runs in Chromium: one participant of a meeting with an oscillator for a microphone and a canvas for a camera.
 * `window.sfuRequest(request)` is given by the test and resolves to the answer's value, or throws.
 */
import { Device } from 'mediasoup-client';

const context = new AudioContext({ sampleRate: 48_000 });
const device = new Device();
const state = { send: undefined, receive: undefined, tone: undefined, producers: new Map(), consumers: new Map() };
const ask = (request) => globalThis.sfuRequest(request);

async function settle(promise, done, failed) {
  try {
    done(await promise);
  } catch (error) {
    failed(error);
  }
}

async function openTransport(direction) {
  const parameters = await ask({ type: 'create-transport', direction });
  const options = { ...parameters, id: parameters.transportId };
  const transport = direction === 'send' ? device.createSendTransport(options) : device.createRecvTransport(options);
  transport.on('connect', ({ dtlsParameters }, done, failed) => {
    void settle(ask({ type: 'connect-transport', transportId: transport.id, dtlsParameters }), done, failed);
  });
  transport.on('produce', ({ kind, rtpParameters, appData }, done, failed) => {
    const { source } = appData;
    const request = { type: 'produce', transportId: transport.id, kind, source, rtpParameters, paused: false };
    void settle(ask(request), ({ producerId }) => done({ id: producerId }), failed);
  });
  return transport;
}

function canvasTrack() {
  const canvas = Object.assign(document.createElement('canvas'), { width: 640, height: 360 });
  const painter = canvas.getContext('2d');
  let hue = 0;
  setInterval(() => {
    painter.fillStyle = `hsl(${(hue = (hue + 7) % 360)} 80% 50%)`;
    painter.fillRect(0, 0, canvas.width, canvas.height);
  }, 66);
  return canvas.captureStream(15).getVideoTracks()[0];
}

globalThis.meeting = {
  async join() {
    await context.resume();
    const { rtpCapabilities } = await ask({ type: 'router-capabilities' });
    if (!device.loaded) await device.load({ routerRtpCapabilities: rtpCapabilities });
    state.send = await openTransport('send');
    state.receive = await openTransport('receive');
  },
  async speak(toneHz) {
    const oscillator = new OscillatorNode(context, { frequency: toneHz });
    const gain = new GainNode(context, { gain: 0.25 });
    const destination = new MediaStreamAudioDestinationNode(context);
    oscillator.connect(gain).connect(destination);
    oscillator.start();
    state.tone = { oscillator, gain, destination };
    const track = destination.stream.getAudioTracks()[0];
    const producer = await state.send.produce({ track, stopTracks: false, appData: { source: 'microphone' } });
    state.producers.set('microphone', producer);
    return producer.id;
  },
  async film() {
    const encodings = [
      { rid: 'l', scaleResolutionDownBy: 4, maxBitrate: 100_000 },
      { rid: 'm', scaleResolutionDownBy: 2, maxBitrate: 300_000 },
      { rid: 'h', maxBitrate: 900_000 },
    ];
    const producer = await state.send.produce({ track: canvasTrack(), encodings, appData: { source: 'camera' } });
    state.producers.set('camera', producer);
    return producer.id;
  },
  async consume(producerId) {
    const answer = await ask({
      type: 'consume',
      transportId: state.receive.id,
      producerId,
      rtpCapabilities: device.recvRtpCapabilities,
    });
    const { consumerId: id, kind, rtpParameters } = answer;
    const consumer = await state.receive.consume({ id, producerId, kind, rtpParameters });
    const element = document.createElement(kind);
    element.srcObject = new MediaStream([consumer.track]);
    element.muted = kind === 'video';
    document.body.append(element);
    element.play().catch(() => undefined);
    let analyser;
    if (kind === 'audio') {
      analyser = new AnalyserNode(context, { fftSize: 8192, smoothingTimeConstant: 0 });
      new MediaStreamAudioSourceNode(context, { mediaStream: element.srcObject }).connect(analyser);
    }
    state.consumers.set(producerId, { consumer, element, analyser });
    await ask({ type: 'pause-consumer', consumerId: id, paused: false });
    return answer;
  },
  /** The loudest frequency of what comes from a producer, and its level, dB. */
  hear(producerId) {
    const { analyser } = state.consumers.get(producerId);
    const bins = new Float32Array(analyser.frequencyBinCount);
    analyser.getFloatFrequencyData(bins);
    let best = 0;
    for (let index = 1; index < bins.length; index++) if (bins[index] > bins[best]) best = index;
    return { hz: (best * context.sampleRate) / analyser.fftSize, db: Math.max(bins[best], -150) };
  },
  async frames(producerId) {
    const stats = await state.consumers.get(producerId).consumer.getStats();
    for (const entry of stats.values()) if (entry.type === 'inbound-rtp') return entry.framesDecoded ?? 0;
    return 0;
  },
  /** Bytes that came in over the receiving transport, media or not. */
  async bytesReceived() {
    let bytes = 0;
    for (const entry of (await state.receive.getStats()).values())
      if (entry.type === 'inbound-rtp') bytes += entry.bytesReceived;
    return bytes;
  },
};
