import { Baresip, type BaresipOptions } from './baresip.js';
import type { Carillon } from './carillon.js';

/** Starts the desk phone of a demo extension. */
export function phoneOf(
  carillon: Carillon,
  extension: string,
  options: Partial<BaresipOptions> & Pick<BaresipOptions, 'tone'>,
): Promise<Baresip> {
  const staff = carillon.staff(extension);
  return Baresip.start({
    user: staff.sipUser,
    password: staff.sipPassword,
    domain: carillon.demo.sip.domain,
    serverPort: carillon.demo.sip.udpPort,
    ...options,
  });
}

/** Phones of one test among several that run at once. @param whenOver the test's own `onTestFinished` */
export function phonesOfTest(carillon: Carillon, whenOver: (act: () => Promise<void>) => void): Phones {
  const phones = new Phones(() => carillon);
  whenOver(() => phones.stopAll());
  return phones;
}

/** Phones of one test, stopped together whatever happened. */
export class Phones {
  private readonly phones: Baresip[] = [];

  constructor(private readonly carillon: () => Carillon) {}

  async start(extension: string, options: Partial<BaresipOptions> & Pick<BaresipOptions, 'tone'>): Promise<Baresip> {
    const phone = await phoneOf(this.carillon(), extension, options);
    this.phones.push(phone);
    return phone;
  }

  async stopAll(): Promise<void> {
    await Promise.all(this.phones.splice(0).map((phone) => phone.stop()));
  }
}
