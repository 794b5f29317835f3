// Measures what idle WebSocket connections cost a server: its resident memory, and its CPU.
//
// Usage: idle.mjs URL ADMIN.json PID COUNT [subscribe], in a directory with npm ws, against a server with
// POSTERN_GRAPHQL_MAX_STREAMS_PER_ADDRESS and POSTERN_GRAPHQL_MAX_OPERATIONS_PER_ACCOUNT of at least COUNT. With
// `subscribe`, each connection has a subscription.
import { readFileSync } from 'node:fs'
import WebSocket from 'ws'

const [url, file, pid, count, subscribe] = process.argv.slice(2)
const admin = JSON.parse(readFileSync(file, 'utf8'))
const body = new URLSearchParams({
  grant_type: 'client_credentials', client_id: admin.client_id, client_secret: admin.client_secret,
})
const token = (await (await fetch(`${url}/oauth/token`, { method: 'POST', body })).json()).access_token
const query = `subscription ($organization: ID!) {
  auditEventAdded(organizationId: $organization) { cursor auditEvent { id action } } }`
const payload = { query, variables: { organization: admin.organization_id } }
const init = { type: 'connection_init', payload: { authorization: `Bearer ${token}` } }

const memory = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024
const pause = (seconds) => new Promise((done) => setTimeout(done, seconds * 1_000))
function cpuSeconds() {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ')
  return (Number(fields[13]) + Number(fields[14])) / 100
}
const open = () =>
  new Promise((done, fail) => {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql/ws`, 'graphql-transport-ws')
    socket.on('open', () => socket.send(JSON.stringify(init)))
    socket.on('error', fail)
    socket.on('close', (code) => fail(new Error(`closed with ${code}`)))
    socket.on('message', (text) => {
      if (JSON.parse(text).type !== 'connection_ack') return
      if (subscribe) socket.send(JSON.stringify({ type: 'subscribe', id: '1', payload }))
      done(socket)
    })
  })

const before = memory()
for (let opened = 0; opened < Number(count); opened += 25) {
  await Promise.all(Array.from({ length: 25 }, open))
}
await pause(5)
const [after, cpu] = [memory(), cpuSeconds()]
await pause(5)
console.log(`${count} connections: ${(after - before).toFixed(1)} MiB, ${(((cpuSeconds() - cpu) / 5) * 100).toFixed(0)} % of a core`)
process.exit(0)
