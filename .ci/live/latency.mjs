// Measures single writes, and the delivery of their events, while many WebSocket connections are subscribed.
//
// Usage: latency.mjs URL COUNT WRITES ADMIN.json..., in a directory with npm ws, against a server with
// POSTERN_GRAPHQL_MAX_STREAMS_PER_ADDRESS and POSTERN_GRAPHQL_MAX_OPERATIONS_PER_ACCOUNT of at least COUNT. The
// connections are spread over the organizations of the files; the writes are in the first one.
import { readFileSync } from 'node:fs'
import WebSocket from 'ws'

const [url, count, writes, ...files] = process.argv.slice(2)
const query = `subscription ($organization: ID!) {
  auditEventAdded(organizationId: $organization) { cursor auditEvent { id action targetId } } }`
const create = `mutation ($input: CreateServiceAccountInput!) {
  createServiceAccount(input: $input) { serviceAccount { id } } }`
const pause = (seconds) => new Promise((done) => setTimeout(done, seconds * 1_000))
const percentile = (values, part) => values.sort((a, b) => a - b)[Math.ceil(values.length * part) - 1]?.toFixed(0)

async function admin(file) {
  const { client_id, client_secret, organization_id } = JSON.parse(readFileSync(file, 'utf8'))
  const body = new URLSearchParams({ grant_type: 'client_credentials', client_id, client_secret })
  const response = await fetch(`${url}/oauth/token`, { method: 'POST', body })
  return { organization: organization_id, authorization: `Bearer ${(await response.json()).access_token}` }
}

const arrived = new Map()
function open({ organization, authorization }) {
  return new Promise((done, fail) => {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql/ws`, 'graphql-transport-ws')
    const send = (message) => socket.send(JSON.stringify(message))
    socket.on('open', () => send({ type: 'connection_init', payload: { authorization } }))
    socket.on('error', fail)
    socket.on('close', (code) => fail(new Error(`closed with ${code}`)))
    socket.on('message', (text) => {
      const { type, payload } = JSON.parse(text)
      if (type === 'error') return fail(new Error(JSON.stringify(payload)))
      if (type === 'connection_ack') {
        send({ type: 'subscribe', id: '1', payload: { query, variables: { organization } } })
        return done()
      }
      const target = payload?.data?.auditEventAdded.auditEvent.targetId
      if (target) arrived.set(target, [...(arrived.get(target) ?? []), performance.now()])
    })
  })
}

async function write({ organization, authorization }, number) {
  const variables = { input: { organizationId: organization, name: `Latency ${number}` } }
  const headers = { 'content-type': 'application/json', authorization }
  const began = performance.now()
  const body = JSON.stringify({ query: create, variables })
  const { data } = await (await fetch(`${url}/graphql`, { method: 'POST', headers, body })).json()
  return { target: data.createServiceAccount.serviceAccount.id, began, ended: performance.now() }
}

const admins = await Promise.all(files.map(admin))
for (let opened = 0; opened < Number(count); opened += 25) {
  await Promise.all(Array.from({ length: 25 }, (_, index) => open(admins[(opened + index) % admins.length])))
}
await pause(3)
const written = []
for (let number = 0; number < Number(writes); number += 1) {
  written.push(await write(admins[0], number))
  await pause(0.5)
}
await pause(5)
const latencies = written.map(({ began, ended }) => ended - began)
const deliveries = written.flatMap(({ target, began }) => (arrived.get(target) ?? []).map((at) => at - began))
console.log(`${count} subscriptions, ${files.length} organizations, ${writes} writes`)
console.log(`writes: p50 ${percentile(latencies, 0.5)} ms, p99 ${percentile(latencies, 0.99)} ms`)
console.log(`${deliveries.length} events: p50 ${percentile(deliveries, 0.5)} ms, p99 ${percentile(deliveries, 0.99)} ms`)
process.exit(0)
