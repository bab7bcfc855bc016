import 'reflect-metadata';
import { X509Certificate } from 'node:crypto';
import { connect } from 'node:tls';
import * as x509 from '@peculiar/x509';
import { afterEach, expect, it } from 'vitest';
import { Carillon } from './harness/carillon.js';
import { Portal } from './harness/portal.js';
import { until } from './harness/wait.js';

const PATH = '/api/operator/certificates';
/** Connections at once: all of them at one of two processes have a chance of 1 in 128. */
const ASKED = 8;
const KEYS = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

let carillon: Carillon;
afterEach(() => carillon?.remove());

async function login(): Promise<Portal> {
  const { email, password } = carillon.demo.portal.admin;
  return Portal.login(carillon.httpUrl, email, password);
}

async function make(name: string): Promise<{ chain: string; key: string }> {
  const keys = await crypto.subtle.generateKey(KEYS, true, ['sign', 'verify']);
  const names = new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: name }]);
  const notAfter = new Date(Date.now() + 30 * 86_400_000);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    { name: `CN=${name}`, keys, signingAlgorithm: KEYS, notAfter, extensions: [names] },
    crypto,
  );
  const key = x509.PemConverter.encode(await crypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY');
  return { chain: certificate.toString('pem'), key };
}

/** Whose certificate SIP over TLS shows to who asks for this name. */
function shownTo(servername: string): Promise<string> {
  return new Promise((settle, reject) => {
    const port = carillon.demo.sip.tcpPort + 1;
    const socket = connect({ host: '127.0.0.1', port, servername, rejectUnauthorized: false }, () => {
      const certificate = socket.getPeerX509Certificate();
      socket.destroy();
      settle(
        certificate === undefined ? 'nobody' : (new X509Certificate(certificate.raw).subject.split('\n').at(-1) ?? ''),
      );
    });
    socket.on('error', reject);
  });
}

/** In every process, since each learns of it in its own time and any may be asked. */
const shows = (certificate: string, to: string) =>
  until(`${certificate} to be shown to who asks for ${to}`, async () => {
    const shown = await Promise.all(Array.from({ length: ASKED }, () => shownTo(to)));
    return shown.every((one) => one === certificate);
  });

it.each([
  ['one process', {}],
  ['two processes', { CARILLON_SIGNALLING_PROCESSES: '2' }],
])(
  'certificates that an operator uploads are shown by name, with or without a restart, until removed: %s',
  async (_, environment) => {
    carillon = await Carillon.start(environment);
    let portal = await login();
    const builtIn = await shownTo('a.example');
    const open = connect({ host: '127.0.0.1', port: carillon.demo.sip.tcpPort + 1, rejectUnauthorized: false });
    await new Promise((settle) => open.once('secureConnect', settle));
    const a = await portal.do<{ certificateId: string }>('POST', PATH, await make('a.example'));
    const b = await portal.do<{ certificateId: string }>('POST', PATH, await make('b.example'));
    await shows('CN=b.example', 'b.example');
    await shows('CN=a.example', 'a.example');
    await shows('CN=a.example', 'other.example');
    // Who was connected before stays.
    expect(open.destroyed).toBe(false);
    open.destroy();

    await carillon.end('SIGKILL');
    await carillon.run();
    portal = await login();
    await shows('CN=b.example', 'b.example');

    await portal.do('DELETE', `${PATH}/${a.certificateId}`);
    await shows('CN=b.example', 'other.example');
    await portal.do('DELETE', `${PATH}/${b.certificateId}`);
    await shows(builtIn, 'b.example');
  },
);
