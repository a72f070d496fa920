// Confluent's client for Node, against the registry whose address is given: prints what it found as JSON.
const {
  SchemaRegistryClient, AvroSerializer, AvroDeserializer, SerdeType
} = require('@confluentinc/schemaregistry');

const V1 = '{"type":"record","name":"Paid","namespace":"js","fields":[{"name":"id","type":"string"}]}';
const V2 = '{"type":"record","name":"Paid","namespace":"js","fields":[{"name":"id","type":"string"},'
  + '{"name":"cents","type":"long","default":0}]}';
const BREAKING = '{"type":"record","name":"Paid","namespace":"js","fields":[{"name":"sum","type":"long"}]}';
const avro = schema => ({ schemaType: 'AVRO', schema });

async function main(url) {
  const client = new SchemaRegistryClient({ baseURLs: [url] });
  const found = {};
  found.first = await client.register('confluent-value', avro(V1));
  found.second = await client.register('confluent-value', avro(V2));
  found.again = await client.register('confluent-value', avro(V2));
  found.versions = await client.getAllVersions('confluent-value');
  found.latest = (await client.getLatestSchemaMetadata('confluent-value')).version;
  found.byId = JSON.parse((await client.getBySubjectAndId('confluent-value', found.first)).schema).name;
  found.compatible = await client.testSubjectCompatibility('confluent-value', avro(V1));
  found.breaking = await client.testSubjectCompatibility('confluent-value', avro(BREAKING));
  await client.register('confluent-value', avro(BREAKING)).catch(e => { found.refused = e.status; });
  await client.getLatestSchemaMetadata('none').catch(e => { found.missing = e.errorCode; });
  await client.updateConfig('confluent-value', { compatibility: 'FULL' });
  found.level = (await client.getConfig('confluent-value')).compatibilityLevel;
  const serializer = new AvroSerializer(client, SerdeType.VALUE, { useLatestVersion: true });
  const payload = await serializer.serialize('confluent', { id: 'a', cents: 250 });
  found.payload = payload.toString('hex');
  const read = await new AvroDeserializer(client, SerdeType.VALUE, {}).deserialize('confluent', payload);
  found.read = Number(read.cents);
  found.deleted = await client.deleteSubject('confluent-value', false);
  console.log(JSON.stringify(found));
}

main(process.argv[2]).catch(e => { console.error(e); process.exit(1); });
