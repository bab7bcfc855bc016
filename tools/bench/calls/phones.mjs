// Phones for cost-of-call.ts, in a thread of their own: they register, call each other with challenges, answer, hang up. Texts
// as SIPp's scenarios send them (../scenarios); nothing is repeated, since nothing gets lost on loopback.
import { createHash } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { parentPort, workerData } from 'node:worker_threads';

const { domain, serverPort, callerPort, answererPort, users } = workerData;
const HOST = '127.0.0.1';
const md5 = (text) => createHash('md5').update(text).digest('hex');
const header = (text, name) => new RegExp(`^${name}: *(.*)\r$`, 'im').exec(text)?.[1] ?? '';
const sdp = (formats) =>
  `v=0\r\no=bench 53655765 2353687637 IN IP4 ${HOST}\r\ns=-\r\nc=IN IP4 ${HOST}\r\nt=0 0\r\nm=audio 40000 RTP/AVP ${formats}\r\n` +
  `a=rtpmap:0 PCMU/8000\r\n${formats.includes('8') ? 'a=rtpmap:8 PCMA/8000\r\n' : ''}a=rtpmap:101 telephone-event/8000\r\n` +
  'a=fmtp:101 0-15\r\na=ptime:20\r\na=sendrecv\r\n';
const withBody = (head, body) =>
  `${head}Content-Type: application/sdp\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
const [OFFER, ANSWER] = [sdp('0 8 101'), sdp('0 101')];

const socketAt = async (port, take) => {
  const socket = createSocket('udp4', (bytes) => take(bytes.latin1Slice()));
  await new Promise((settle) => socket.bind(port, HOST, settle));
  return (text) => socket.send(Buffer.from(text, 'latin1'), serverPort, HOST);
};

/** By Call-ID: what waits for the next answer. */
const waiting = new Map();
const calling = await socketAt(callerPort, (text) => waiting.get(header(text, 'Call-ID'))?.(text));
let calls = 0;
const via = (port) => {
  calls += 1;
  return `Via: SIP/2.0/UDP ${HOST}:${port};branch=z9hG4bK-${calls};rport\r\nMax-Forwards: 70\r\n`;
};

function credentials(name, { method, uri, challenged }) {
  const nonce = /nonce="([^"]+)"/.exec(challenged)[1];
  const response = md5(`${md5(`${name}:${domain}:pw-${name}`)}:${nonce}:00000001:c:auth:${md5(`${method}:${uri}`)}`);
  return (
    `Authorization: Digest username="${name}",realm="${domain}",cnonce="c",nc=00000001,qop=auth,uri="${uri}",` +
    `nonce="${nonce}",response="${response}",algorithm=MD5\r\n`
  );
}

const answer = (status, request, { tag = '', more = '', body }) => {
  const vias = [...request.matchAll(/^Via: .*\r\n/gim)].join('');
  const head =
    `SIP/2.0 ${status}\r\n${vias}From: ${header(request, 'From')}\r\nTo: ${header(request, 'To')}${tag}\r\n` +
    `Call-ID: ${header(request, 'Call-ID')}\r\nCSeq: ${header(request, 'CSeq')}\r\n${more}`;
  return body === undefined ? `${head}Content-Length: 0\r\n\r\n` : withBody(head, body);
};
let answered = 0;
const answering = await socketAt(answererPort, (text) => {
  if (text.startsWith('INVITE')) {
    answered += 1;
    const tag = `;tag=s${answered}`;
    const contact = `Contact: <sip:${HOST}:${answererPort};transport=UDP>\r\n`;
    answering(answer('180 Ringing', text, { tag, more: contact }));
    const more = `${contact}Allow: INVITE, ACK, CANCEL, OPTIONS, BYE\r\nUser-Agent: sipp-bench\r\n`;
    answering(answer('200 OK', text, { tag, more, body: ANSWER }));
  } else if (text.startsWith('BYE')) answering(answer('200 OK', text, {}));
  else if (text.startsWith('SIP/2.0')) waiting.get(header(text, 'Call-ID'))?.(text);
});

/** A request of a phone, again with credentials where it is asked for them. @returns its final answer */
const ask = (send, callId, build) =>
  new Promise((settle) => {
    let cseq = 1;
    waiting.set(callId, (text) => {
      const status = Number(text.slice(8, 11));
      if (status < 200) return;
      if (status === 401) {
        cseq += 1;
        send(build(cseq, text));
      } else {
        waiting.delete(callId);
        settle(text);
      }
    });
    send(build(cseq, undefined));
  });

async function register(name) {
  const uri = `sip:${domain}`;
  const callId = `r-${name}@bench`;
  const text = await ask(
    answering,
    callId,
    (cseq, challenged) =>
      `REGISTER ${uri} SIP/2.0\r\n${via(answererPort)}From: <sip:${name}@${domain}>;tag=r\r\nTo: <sip:${name}@${domain}>\r\n` +
      `Call-ID: ${callId}\r\nCSeq: ${cseq} REGISTER\r\n` +
      `${challenged === undefined ? '' : credentials(name, { method: 'REGISTER', uri, challenged })}` +
      `Contact: <sip:${name}@${HOST}:${answererPort};transport=UDP>\r\nExpires: 3600\r\nUser-Agent: sipp-bench\r\nContent-Length: 0\r\n\r\n`,
  );
  if (!text.startsWith('SIP/2.0 200')) throw new Error(text);
}

async function call(name, callee) {
  const uri = `sip:${callee}@${domain}`;
  const callId = `${calls}-${name}@bench`;
  const from = `From: "Bench ${name}" <sip:${name}@${domain}>;tag=c${calls}\r\n`;
  const contact = `Contact: <sip:${name}@${HOST}:${callerPort};transport=UDP>\r\n`;
  const text = await ask(calling, callId, (cseq, challenged) => {
    const head = `${from}To: <sip:${callee}@${domain}>\r\nCall-ID: ${callId}\r\n`;
    if (challenged !== undefined) {
      const [branch] = /^Via: .*\r\n/im.exec(challenged);
      const acknowledged = `${from}To: ${header(challenged, 'To')}\r\nCall-ID: ${callId}\r\nCSeq: 1 ACK\r\n`;
      calling(`ACK ${uri} SIP/2.0\r\n${branch}Max-Forwards: 70\r\n${acknowledged}Content-Length: 0\r\n\r\n`);
    }
    const shown = challenged === undefined ? '' : credentials(name, { method: 'INVITE', uri, challenged });
    return withBody(
      `INVITE ${uri} SIP/2.0\r\n${via(callerPort)}${head}CSeq: ${cseq} INVITE\r\n${shown}${contact}` +
        'Allow: INVITE, ACK, CANCEL, OPTIONS, BYE, REFER, NOTIFY, INFO, UPDATE\r\nUser-Agent: sipp-bench\r\n',
      OFFER,
    );
  });
  if (!text.startsWith('SIP/2.0 200')) return false;
  const target = /<([^>]+)>/.exec(header(text, 'Contact'))[1];
  const dialog = `${from}To: ${header(text, 'To')}\r\nCall-ID: ${callId}\r\n`;
  const end = (method, cseq) =>
    `${method} ${target} SIP/2.0\r\n${via(callerPort)}${dialog}CSeq: ${cseq} ${method}\r\nContent-Length: 0\r\n\r\n`;
  calling(end('ACK', 2));
  const ended = await ask(calling, callId, () => end('BYE', 3));
  return ended.startsWith('SIP/2.0 200');
}

const half = users.length / 2;
/** `count` calls, one each `everyMs`; or as many as go, `atOnce` at a time. */
async function makeCalls({ count, everyMs, atOnce }) {
  let begun = 0;
  let failed = 0;
  const one = async () => {
    const index = begun % half;
    begun += 1;
    if (!(await call(users[index], users[half + index]))) failed += 1;
  };
  if (everyMs === undefined) {
    const line = async () => {
      while (begun < count) await one();
    };
    await Promise.all(Array.from({ length: atOnce }, line));
  } else {
    const began = performance.now();
    const all = [];
    while (begun < count) {
      while (begun < count && performance.now() - began >= begun * everyMs) all.push(one());
      await new Promise((settle) => setTimeout(settle, 1));
    }
    await Promise.all(all);
  }
  return failed;
}

parentPort.on('message', (order) => {
  void makeCalls(order).then((failed) => parentPort.postMessage({ failed }));
});
for (const user of users) await register(user);
parentPort.postMessage({ failed: 0 });
