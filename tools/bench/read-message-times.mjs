/**
 * What SIPp's list of messages (`-trace_shortmsg`, timestamps in microseconds) tells of calls and registrations.
 * SIPp's own response times come from a clock with steps of 4 ms, too coarse for this.
 *
 * A line: date, time, seconds since 1970, S (sent) or R (received), Call-ID, `CSeq:2 INVITE`, first line; by tabs.
 *
 * @param {string} text
 * @returns {{ toRinging: number[], toAnswer: number[], toRegistered: number[], begun: number, completed: number,
 *   retransmissions: number, begunPerSecond: number }} times in milliseconds, from the request that carried the credentials,
 *   where any was asked for; `completed` counts calls that rang, were answered and ended with a 200 to their BYE,
 *   and what got a 200 to its REGISTER
 */
export function readMessageTimes(text) {
  const dialogs = new Map();
  const result = { toRinging: [], toAnswer: [], toRegistered: [], begun: 0, completed: 0, retransmissions: 0 };
  const began = { first: Number.POSITIVE_INFINITY, last: 0 };
  for (const line of text.split('\n')) {
    const [, , seconds, direction, callId, cseq, firstLine] = line.split('\t');
    if (firstLine === undefined) continue;
    const [number, method] = cseq.replace('CSeq:', '').trim().split(' ');
    const at = Number(seconds) * 1000;
    const dialog = dialogs.get(callId) ?? begin(dialogs, callId, { at, began, result });
    if (direction === 'S') noteSent(dialog, { key: `${method} ${number}`, method, at }, result);
    else noteReceived(dialog, { status: Number(firstLine.split(' ')[1]), method, at }, result);
  }
  const { begun } = result;
  return { ...result, begunPerSecond: begun < 2 ? 0 : ((begun - 1) * 1000) / (began.last - began.first) };
}

function begin(dialogs, callId, { at, began, result }) {
  const dialog = { sent: new Map(), requestAt: 0, rang: false, answered: false, over: false };
  dialogs.set(callId, dialog);
  result.begun += 1;
  began.first = Math.min(began.first, at);
  began.last = Math.max(began.last, at);
  return dialog;
}

function noteSent(dialog, { key, method, at }, result) {
  if (method === 'ACK') return;
  if (dialog.sent.has(key)) {
    result.retransmissions += 1;
    return;
  }
  dialog.sent.set(key, at);
  // The second INVITE or REGISTER of a dialog is the one with credentials, so the last one counts.
  if (method === 'INVITE' || method === 'REGISTER') dialog.requestAt = at;
}

function noteReceived(dialog, { status, method, at }, result) {
  const took = at - dialog.requestAt;
  if (method === 'INVITE' && status === 180 && !dialog.rang) {
    dialog.rang = true;
    result.toRinging.push(took);
  }
  if (method === 'INVITE' && status === 200 && !dialog.answered) {
    dialog.answered = true;
    result.toAnswer.push(took);
  }
  if (method === 'REGISTER' && status === 200) result.toRegistered.push(took);
  // SIPp hangs up as well on a call that went otherwise than its scenario says.
  const isGood = method === 'REGISTER' || (method === 'BYE' && dialog.rang && dialog.answered);
  if (isGood && status === 200 && !dialog.over) {
    dialog.over = true;
    result.completed += 1;
  }
}
