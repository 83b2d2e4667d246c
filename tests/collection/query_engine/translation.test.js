'use strict'
const test = require('node:test')
const assert = require('node:assert')
const path = require('node:path')

const engine = (name) => require(path.join(process.env.QUERY_ENGINE_SOURCE, name))
const { toGraphqlAnswer } = engine('answer.js')
const { databaseUrl, readModels } = engine('datamodel.js')
const { toJsonProtocol } = engine('json_protocol.js')

const models = readModels(`
model User {
  id    Int    @id
  data  Json
  tags  Json[]
  posts Post[]
}
model Post {
  id     Int   @id
  meta   Json?
  author User  @relation(fields: [id], references: [id])
}
`)
const ask = (document) => JSON.parse(toJsonProtocol(document, models))
const json = (value) => ({ $type: 'Json', value })

test('arguments and selections become objects', () => {
  const document = `query {\n  result: findManyUser\n  (\n take: 2\n where: {\n id: {\n in: [\n1,\n2\n]\n }\n }\n  )
    {\n id\n posts(\n take: 1\n)\n{\n id\n }\n }\n}`
  assert.deepStrictEqual(ask(document), {
    modelName: 'User',
    action: 'findMany',
    query: {
      arguments: { take: 2, where: { id: { in: [1, 2] } } },
      selection: { id: true, posts: { arguments: { take: 1 }, selection: { id: true } } },
    },
  })
})

test('the name of a field is an action and a model', () => {
  for (const [field, action, modelName] of [
    ['findUniquePostOrThrow', 'findUniqueOrThrow', 'Post'],
    ['findFirstUser', 'findFirst', 'User'],
    ['createManyUser', 'createMany', 'User'],
    ['createManyAndReturnUser', 'createManyAndReturn', 'User'],
    ['groupByPost', 'groupBy', 'Post'],
  ]) {
    const query = ask(`query { result: ${field}(where: {id: 1}) { id } }`)
    assert.deepStrictEqual([query.action, query.modelName], [action, modelName])
  }
  assert.throws(() => ask('query { result: findManyStranger { id } }'), /findManyStranger/)
})

test('an aggregate keeps its nested selection', () => {
  assert.deepStrictEqual(ask('query { result: aggregateUser { _count { _all } } }').query.selection, {
    _count: { arguments: {}, selection: { _all: true } },
  })
})

test('Json fields are tagged wherever they stand', () => {
  const data = (document) => ask(document).query.arguments.data
  assert.deepStrictEqual(
    data('mutation { result: createOneUser(data: {id: 1 data: "{}" tags: {set: ["1", "2"]}}) { id } }'),
    { id: 1, data: json('{}'), tags: { set: [json('1'), json('2')] } },
  )
  assert.deepStrictEqual(
    data(`mutation { result: updateOneUser(data: {posts: {
      create: [{meta: "1"}]
      update: [{where: {id: 1} data: {meta: "2"}}]
      upsert: [{where: {id: 2} create: {meta: "3"} update: {meta: "4"}}]
      connectOrCreate: [{where: {id: 3} create: {meta: "5"}}]
    }}) { id } }`),
    {
      posts: {
        create: [{ meta: json('1') }],
        update: [{ where: { id: 1 }, data: { meta: json('2') } }],
        upsert: [{ where: { id: 2 }, create: { meta: json('3') }, update: { meta: json('4') } }],
        connectOrCreate: [{ where: { id: 3 }, create: { meta: json('5') } }],
      },
    },
  )
  assert.deepStrictEqual(data('mutation { result: updateOnePost(data: {author: {update: {data: "5"}}}) { id } }'), {
    author: { update: { data: json('5') } },
  })
})

test('Json filters are tagged, their paths are not', () => {
  const where = `{OR: [{meta: {path: ["a"] equals: "1"}} {author: {is: {data: {not: "2"}}}}]}`
  assert.deepStrictEqual(ask(`query { result: findManyPost(where: ${where}) { id } }`).query.arguments.where, {
    OR: [{ meta: { path: ['a'], equals: json('1') } }, { author: { is: { data: { not: json('2') } } } }],
  })
})

test('numbers keep their text', () => {
  const text = toJsonProtocol('query { result: findManyUser(where: {id: 9007199254740993 f: 1.0e-7}) { id } }', models)
  assert.match(text, /"id":9007199254740993,"f":1\.0e-7/)
  assert.throws(() => ask('mutation { result: createOneUser(data: {id: NaN}) { id } }'), /NaN/)
})

test('strings keep every escape', () => {
  const value = '{"a":"\\"\\\\","b":"\\u0000 }],","c":"\\\\\\""}'
  const text = JSON.stringify(value)
  const query = ask(`mutation { result: createOneUser(data: {id: 1, data: ${text}}) { id } }`)
  assert.strictEqual(query.query.arguments.data.data.value, value)
})

test('a string of many megabytes is read', () => {
  const value = '\\"'.repeat(4_000_000)
  const query = ask(`mutation { result: createOneUser(data: {data: "${value}"}) { id } }`)
  assert.strictEqual(query.query.arguments.data.data.value.length, 4_000_000)
})

test('what cannot be read is refused without quoting it', () => {
  for (const document of [
    'query { result: findManyUser(where: {id: "secret) { id } }',
    'query { result: findManyUser(where: {id: ;secret}) { id } }',
    'query { result: findManyUser(where: {id "secret"}) { id } }',
    'query { result: findManyUser(where: {',
    '',
  ]) {
    assert.throws(() => ask(document), (error) => error instanceof SyntaxError && !error.message.includes('secret'))
  }
})

test('answers lose their tags, and only those', () => {
  const row = '"id":{"$type":"BigInt","value":"1"},"f":1.0,"data":{"$type":"Json","value":"{\\"$type\\":\\"x\\",\\"value\\":\\"y\\"}"}'
  assert.strictEqual(
    toGraphqlAnswer(`{"data":{"findUniqueUser":{${row}}}}`),
    '{"data":{"result":{"id":"1","f":1.0,"data":"{\\"$type\\":\\"x\\",\\"value\\":\\"y\\"}"}}}',
  )
  assert.strictEqual(toGraphqlAnswer('{"data":{"findUniqueUser":null}}'), '{"data":{"result":null}}')
})

test('a batch keeps its form and loses its tags', () => {
  assert.strictEqual(
    toGraphqlAnswer('{"batchResult":[{"data":{"createOneUser":{"d":{"$type":"Decimal","value":"0.1"}}}}]}'),
    '{"batchResult":[{"data":{"createOneUser":{"d":"0.1"}}}]}',
  )
})

test('raw rows become objects of typed values', () => {
  assert.strictEqual(
    toGraphqlAnswer(
      '{"data":{"queryRaw":{"columns":["a","b","c"],"types":["double","string-array","json"],' +
        '"rows":[[1.0,["x,]",null],{"$type":"t","value":"v"}],[null,[],null]]}}}',
    ),
    '{"data":{"result":[' +
      '{"a":{"prisma__type":"double","prisma__value":1.0},' +
      '"b":{"prisma__type":"array","prisma__value":[{"prisma__type":"string","prisma__value":"x,]"},' +
      '{"prisma__type":"null","prisma__value":null}]},' +
      '"c":{"prisma__type":"json","prisma__value":{"$type":"t","value":"v"}}},' +
      '{"a":{"prisma__type":"null","prisma__value":null},"b":{"prisma__type":"array","prisma__value":[]},' +
      '"c":{"prisma__type":"null","prisma__value":null}}]}}',
  )
  assert.strictEqual(
    toGraphqlAnswer('{"data":{"queryRaw":{"columns":[],"types":[],"rows":[]}}}'),
    '{"data":{"result":[]}}',
  )
})

test("the client's URL wins over the schema's", () => {
  const datamodel = 'datasource client {\n  provider = "postgresql"\n  url      = env("DATABASE_URL")\n}'
  const environment = { DATABASE_URL: 'postgresql://a' }
  assert.strictEqual(databaseUrl(datamodel, environment), 'postgresql://a')
  const overwritten = { ...environment, OVERWRITE_DATASOURCES: '[{"name":"client","url":"postgresql://b"}]' }
  assert.strictEqual(databaseUrl(datamodel, overwritten), 'postgresql://b')
  assert.strictEqual(databaseUrl('datasource d {\n  url = "postgresql://c"\n}', {}), 'postgresql://c')
  assert.throws(() => databaseUrl(datamodel, {}), /DATABASE_URL is not set/)
})
