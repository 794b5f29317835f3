// npm graphql-sse over event streams, in its distinct connections mode.
import assert from 'node:assert/strict'
import { createClient } from 'graphql-sse'
import { run, url } from './scenario.mjs'

const error = await run('graphql-sse', (bearer) => {
  const streams = new Set()
  const client = createClient({
    url: `${url}/graphql/stream`,
    headers: { authorization: `Bearer ${bearer}` },
    retryAttempts: 0,
    fetchFn: (input, init) => {
      // Not an end of the protocol: the connection breaks.
      const breaking = new AbortController()
      streams.add(breaking)
      return fetch(input, { ...init, signal: AbortSignal.any([init.signal, breaking.signal]) })
    },
  })
  return {
    iterate: (payload) => client.iterate(payload),
    kill: () => streams.forEach((it) => it.abort()),
  }
})
assert.equal(error?.[0]?.extensions?.code, 'UNAUTHENTICATED', JSON.stringify(error))
process.exit(0)
