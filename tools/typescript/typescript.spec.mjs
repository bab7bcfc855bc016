import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { typescriptArguments } from '../start/typescript-arguments.mjs';
import { WORKSPACE } from '../start/workspace.mjs';
import { runCommand } from '../system/run-command.mjs';

let folder;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'carillon typescript '));
  symlinkSync(join(WORKSPACE, 'node_modules'), join(folder, 'node_modules'));
  const put = (name, text) => writeFileSync(join(folder, name), text);
  put('package.json', '{ "type": "module" }');
  put('part.ts', "export enum Colour { Red = 'red' }\nexport interface Shape { readonly sides: number }\n");
  mkdirSync(join(folder, 'deep'));
  put('deep/again.ts', "export { Colour } from '../part.js';\n");
  put(
    'inject.ts',
    `import 'reflect-metadata';
import { Injectable } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Module } from '@nestjs/common';
import { Colour, Shape } from './part.js';
@Injectable() class Engine { readonly colour: Colour = Colour.Red; }
@Injectable() class Car { shape: Shape = { sides: 4 }; constructor(readonly engine: Engine) {} }
@Module({ providers: [Engine, Car] }) class App {}
const app = await NestFactory.createApplicationContext(App, { logger: false });
console.log(app.get(Car).engine.colour);
`,
  );
  put(
    'work.ts',
    "import { parentPort } from 'node:worker_threads';\nimport { Colour } from './deep/again.js';\nparentPort?.postMessage(Colour.Red);\n",
  );
  put(
    'thread.ts',
    `import { Worker } from 'node:worker_threads';
const worker = new Worker(new URL('./work.ts', import.meta.url));
worker.on('message', (colour: string) => console.log(colour));
`,
  );
  put(
    'fail.ts',
    '\n\ninterface Gone { a: string }\n\nconst wrong = (): never => {\n  throw new Error("here");\n};\nwrong();\n',
  );
  put(
    'workspace.ts',
    "import { OrganisationId } from '@carillon/domain';\nconsole.log(typeof OrganisationId.parse);\n",
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (file) =>
  runCommand(process.execPath, [...typescriptArguments(), join(folder, file)], {
    cwd: tmpdir(),
    env: { ...process.env, NODE_OPTIONS: '', VITEST: undefined },
  });

it.each([
  ['injects by the types of constructor parameters', 'inject.ts', 'red'],
  ['loads TypeScript in worker threads without being told again', 'thread.ts', 'red'],
  ['finds the packages of the workspace by their sources', 'workspace.ts', 'function'],
])('%s', async (_, file, printed) => {
  const { output, code } = await run(file);
  expect(output.trim()).toBe(printed);
  expect(code).toBe(0);
});

it('names lines of the source in stack traces', async () => {
  const { output } = await run('fail.ts');
  expect(output).toContain('fail.ts:6:9');
});
