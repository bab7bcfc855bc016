/**
 * What SIPp's list of messages (`-trace_shortmsg`, timestamps in microseconds) tells of calls and registrations.
 * SIPp's own response times come from a clock with steps of 4 ms, too coarse for this.
 *
 * A line: date, time, seconds since 1970, S (sent) or R (received), Call-ID, `CSeq:2 INVITE`, first line; by tabs.
 *
 * @param {string} text
 * @returns {{ toRinging: number[], toAnswer: number[], toRegistered: number[], begun: number, completed: number,
 *   retransmissions: number }} times in milliseconds, from the request that carried the credentials; `completed`
 *   counts what ended with a 200 to its BYE, or to its REGISTER
 */
export function readMessageTimes(text) {
  const dialogs = new Map();
  const result = { toRinging: [], toAnswer: [], toRegistered: [], begun: 0, completed: 0, retransmissions: 0 };
  for (const line of text.split('\n')) {
    const [, , seconds, direction, callId, cseq, firstLine] = line.split('\t');
    if (firstLine === undefined) continue;
    const [number, method] = cseq.replace('CSeq:', '').trim().split(' ');
    const dialog = dialogs.get(callId) ?? begin(dialogs, callId, result);
    const at = Number(seconds) * 1000;
    if (direction === 'S') noteSent(dialog, { key: `${method} ${number}`, method, at }, result);
    else noteReceived(dialog, { status: Number(firstLine.split(' ')[1]), method, at }, result);
  }
  return result;
}

function begin(dialogs, callId, result) {
  const dialog = { sent: new Map(), requestAt: 0, rang: false, answered: false, over: false };
  dialogs.set(callId, dialog);
  result.begun += 1;
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
  if ((method === 'BYE' || method === 'REGISTER') && status === 200 && !dialog.over) {
    dialog.over = true;
    result.completed += 1;
  }
}
