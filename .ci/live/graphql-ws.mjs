// npm graphql-ws over WebSocket.
import assert from 'node:assert/strict'
import { createClient } from 'graphql-ws'
import WebSocket from 'ws'
import { run, url } from './scenario.mjs'

const error = await run('graphql-ws', (bearer) => {
  let socket
  const client = createClient({
    url: `${url.replace('http', 'ws')}/graphql/ws`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${bearer}` },
    retryAttempts: 0,
    lazy: true,
    on: { opened: (it) => (socket = it) },
  })
  return {
    iterate: (payload) => client.iterate(payload),
    // Not a close of the protocol: the connection breaks.
    kill: () => socket?.terminate(),
  }
})
assert.equal(error?.code, 4403, `closed with ${error?.code ?? error}`)
process.exit(0)
