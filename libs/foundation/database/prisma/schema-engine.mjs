// Prisma's schema engine without its native program: the WebAssembly build over the `pg` driver.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from '@prisma/driver-adapter-utils';
import pg from 'pg';

const OID_CHAR = 18;
const OID_TEXT = 25;

/** The adapter refuses `"char"` columns of the catalogue: they pass as text and are relabelled afterwards. */
const charColumns = new WeakMap();
const noteChars = (result) => {
  const found = result?.fields?.flatMap((field, index) => (field.dataTypeID === OID_CHAR ? [index] : [])) ?? [];
  for (const index of found) result.fields[index].dataTypeID = OID_TEXT;
  if (found.length > 0) charColumns.set(result.rows, found);
  return result;
};
class CatalogueClient extends pg.Client {
  query(...args) {
    const answer = super.query(...args);
    return typeof answer?.then === 'function' ? answer.then(noteChars) : answer;
  }
}
class CataloguePool extends pg.Pool {
  constructor(options) {
    super({ ...options, Client: CatalogueClient });
  }
  query(...args) {
    const answer = super.query(...args);
    return typeof answer?.then === 'function' ? answer.then(noteChars) : answer;
  }
}
const relabel = (queryable) => {
  const original = queryable.queryRaw.bind(queryable);
  queryable.queryRaw = async (query) => {
    const result = await original(query);
    for (const index of charColumns.get(result.rows) ?? []) result.columnTypes[index] = ColumnTypeEnum.Character;
    return result;
  };
  return queryable;
};

class CatalogueAdapterFactory {
  provider = 'postgres';
  adapterName = '@prisma/adapter-pg';
  constructor(url) {
    this.url = url;
  }
  async connect() {
    const pool = new CataloguePool({ connectionString: this.url, max: 2 });
    const adapter = relabel(await new PrismaPg(pool, { disposeExternalPool: true }).connect());
    const start = adapter.startTransaction.bind(adapter);
    adapter.startTransaction = async (level) => relabel(await start(level));
    return adapter;
  }
  async connectToShadowDb() {
    throw new Error('No shadow database is used: the live one has exactly the migrations');
  }
}

/** @param url of a database that the engine looks at */
export async function openSchemaEngine(url) {
  globalThis.PRISMA_WASM_PANIC_REGISTRY = { set_message: (message) => process.stderr.write(`${message}\n`) };
  const glue = await import('@prisma/schema-engine-wasm/schema_engine_bg');
  const file = createRequire(import.meta.url)
    .resolve('@prisma/schema-engine-wasm/schema_engine_bg')
    .replace(/\.js$/, '.wasm');
  const { instance } = await WebAssembly.instantiate(await readFile(file), { './schema_engine_bg.js': glue });
  glue.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  return glue.SchemaEngine.new(
    { datamodels: undefined },
    () => undefined,
    bindMigrationAwareSqlAdapterFactory(new CatalogueAdapterFactory(url)),
  );
}
