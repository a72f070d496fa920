// The client of kafkajs, against the registry whose address is given: prints what it found as JSON.
const { SchemaRegistry, SchemaType } = require('@kafkajs/confluent-schema-registry');

const V1 = '{"type":"record","name":"Paid","namespace":"js","fields":[{"name":"id","type":"string"}]}';
const V2 = '{"type":"record","name":"Paid","namespace":"js","fields":[{"name":"id","type":"string"},'
  + '{"name":"cents","type":"long","default":0}]}';
const BREAKING = '{"type":"record","name":"Paid","namespace":"js","fields":[{"name":"sum","type":"long"}]}';
const avro = schema => ({ type: SchemaType.AVRO, schema });
const subject = { subject: 'kafkajs-value' };

async function main(host) {
  const registry = new SchemaRegistry({ host });
  const found = {};
  found.first = (await registry.register(avro(V1), subject)).id;
  found.second = (await registry.register(avro(V2), subject)).id;
  found.again = (await registry.register(avro(V2), subject)).id;
  found.latest = await registry.getLatestSchemaId('kafkajs-value');
  found.byVersion = await registry.getRegistryId('kafkajs-value', 1);
  found.bySchema = await registry.getRegistryIdBySchema('kafkajs-value', avro(V1));
  await registry.register(avro(BREAKING), subject).catch(e => { found.refused = e.status || e.name; });
  const payload = await registry.encode(found.second, { id: 'a', cents: 250 });
  found.payload = payload.toString('hex');
  found.read = (await new SchemaRegistry({ host }).decode(payload)).cents;
  console.log(JSON.stringify(found));
}

main(process.argv[2]).catch(e => { console.error(e); process.exit(1); });
