// urql with Graphcache, which knows the schema and the documented cache settings.
import { readFileSync } from 'node:fs'
import { Client as Urql, fetchExchange, type CombinedError, type OperationResult } from '@urql/core'
import { cacheExchange } from '@urql/exchange-graphcache'
import { authorization, endpoint, live, settings, type Client } from './life.mjs'

const schema = JSON.parse(readFileSync('introspection.json', 'utf8'))
const keys = Object.fromEntries(settings.embeddedTypes.map((name) => [name, () => null]))
const urql = new Urql({
  url: endpoint,
  preferGetMethod: false,
  exchanges: [cacheExchange({ schema, keys }), fetchExchange],
  fetchOptions: { headers: { authorization } },
})

function read<D>({ data, error }: OperationResult<D, any>): D {
  if (error) throw (error as CombinedError).graphQLErrors[0] ?? error
  return data!
}

const client: Client = {
  query: async (query, variables) => read(await urql.query(query, variables, { requestPolicy: 'network-only' })),
  cached: async (query, variables) => {
    const { data } = await urql.query(query, variables, { requestPolicy: 'cache-only' })
    return data ?? undefined
  },
  mutate: async (mutation, variables) => read(await urql.mutation(mutation, variables)),
}
await live('urql with Graphcache', client)
