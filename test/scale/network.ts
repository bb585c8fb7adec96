import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'

/**
 * Machines of this test: network namespaces with two networks. On `edge` are clients, providers and probes, on `inside` NATS,
 * Postgres and the services. This process is in both, as .1.
 *
 * Each network is a bridge. Who is cut off has its port on another bridge: it sees those who are cut off with it, and
 * nobody answers it otherwise, as with a broken switch. No connection is reset.
 */
export type Network = {
  /** Of this process, where members reach it. */
  here: Record<Side, string>
  add: (name: string) => Member
  /** Puts these on an island of their own. */
  cut: (names: readonly string[], side: Side) => void
  join: (names: readonly string[], side: Side) => void
  /** Gives an address on `inside` to this member, and takes it from whoever had it. */
  moveAddress: (address: string, to: string) => void
  /** An address on `inside` that nobody has yet. */
  spare: (last: number) => string
  remove: () => void
}

export type Side = 'edge' | 'inside'
export type Member = {
  name: string
  address: Record<Side, string>
  /** What runs a program there: the first words of a command line. */
  enter: (account?: { uid: number; gid: number }) => string[]
}

const prefix = 'airs'
const sides = ['edge', 'inside'] as const
const folder = '/run/netns'

function ip(...args: string[]): string {
  return execFileSync('ip', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}

/** Why there can be none here; undefined where there can. What was tried is gone again. */
export function whyNoNetwork(): string | undefined {
  if (process.platform !== 'linux') return 'network namespaces are of Linux'
  if (process.getuid?.() !== 0) return 'network namespaces need root'
  const name = `${prefix}-try-${process.pid}`
  try {
    ip('netns', 'add', name)
    ip('-n', name, 'link', 'set', 'lo', 'up')
    ip('-n', name, 'link', 'add', 'try', 'type', 'bridge')
    execFileSync('nsenter', [`--net=/run/netns/${name}`, 'true'])
    return undefined
  } catch (error) {
    return `no network namespace can be made: ${String((error as { stderr?: unknown }).stderr ?? error).trim()}`
  } finally {
    try {
      ip('netns', 'del', name)
    } catch {
      // It was not made.
    }
  }
}

export function createNetwork(): Network {
  removeLeftovers()
  const third = freeOctet()
  const subnet = { edge: `10.213.${third}`, inside: `10.214.${third}` }
  const members = new Map<string, Member & { index: number }>()
  const holders = new Map<string, string>()
  let islands = 0
  const namespace = (name: string) => `${prefix}-${process.pid}-${name}`
  // The bridges are in a namespace of their own: what this machine's firewall thinks of bridges is not theirs.
  const bridges = (...args: string[]) => ip('-n', namespace('switch'), ...args)
  const here = (side: Side) => `${prefix}${side[0]}${process.pid}`
  const port = (name: string, side: Side) => `${side[0]}${members.get(name)!.index}`
  const addBridge = (name: string) => {
    bridges('link', 'add', name, 'type', 'bridge', 'forward_delay', '0')
    bridges('link', 'set', name, 'up')
  }
  ip('netns', 'add', namespace('switch'))
  for (const side of sides) {
    addBridge(side)
    ip('link', 'add', here(side), 'type', 'veth', 'peer', 'name', `${side[0]}1`, 'netns', namespace('switch'))
    ip('addr', 'add', `${subnet[side]}.1/24`, 'dev', here(side))
    ip('link', 'set', here(side), 'up')
    bridges('link', 'set', `${side[0]}1`, 'master', side, 'up')
  }

  function add(name: string): Member {
    const index = members.size + 10
    const address = { edge: `${subnet.edge}.${index}`, inside: `${subnet.inside}.${index}` }
    const own = namespace(name)
    const member = {
      name,
      index,
      address,
      enter: (account?: { uid: number; gid: number }) => [
        'nsenter',
        `--net=/run/netns/${own}`,
        ...(account ? [`--setuid=${account.uid}`, `--setgid=${account.gid}`] : []),
      ],
    }
    members.set(name, member)
    ip('netns', 'add', own)
    ip('-n', own, 'link', 'set', 'lo', 'up')
    for (const side of sides) {
      bridges('link', 'add', port(name, side), 'type', 'veth', 'peer', 'name', side, 'netns', own)
      ip('-n', own, 'addr', 'add', `${address[side]}/24`, 'dev', side)
      ip('-n', own, 'link', 'set', side, 'up')
      bridges('link', 'set', port(name, side), 'master', side, 'up')
    }
    return member
  }

  return {
    here: { edge: `${subnet.edge}.1`, inside: `${subnet.inside}.1` },
    add,
    cut(names, side) {
      const island = `island${islands++}`
      addBridge(island)
      for (const name of names) bridges('link', 'set', port(name, side), 'master', island)
    },
    join(names, side) {
      for (const name of names) bridges('link', 'set', port(name, side), 'master', side)
    },
    moveAddress(address, to) {
      const from = holders.get(address)
      if (from !== undefined) ip('-n', namespace(from), 'addr', 'del', `${address}/24`, 'dev', 'inside')
      ip('-n', namespace(to), 'addr', 'add', `${address}/24`, 'dev', 'inside')
      holders.set(address, to)
      // What a gratuitous ARP does: nobody goes on sending to the former holder.
      for (const name of members.keys()) forget(['-n', namespace(name)], address, 'inside')
      forget([], address, here('inside'))
    },
    spare: (last) => `${subnet.inside}.${last}`,
    remove: () => removeAll(process.pid),
  }
}

function forget(where: string[], address: string, device: string): void {
  try {
    ip(...where, 'neigh', 'del', address, 'dev', device)
  } catch {
    // It knew none.
  }
}

/** A third octet that no route of this machine uses, so that several of these tests may run at once. */
function freeOctet(): number {
  const routes = ip('route')
  for (let octet = process.pid % 250; ; octet = (octet + 1) % 250)
    if (!routes.includes(`10.213.${octet}.`) && !routes.includes(`10.214.${octet}.`)) return octet
}

/** Of runs that were killed. */
function removeLeftovers(): void {
  const names = existsSync(folder) ? readdirSync(folder) : []
  const pids = names.flatMap((name) => new RegExp(`^${prefix}-(\\d+)-`).exec(name)?.[1] ?? [])
  for (const pid of new Set(pids)) if (!existsSync(`/proc/${pid}`)) removeAll(Number(pid))
}

/** With a namespace go the ends of its cables, and those at the other side. */
function removeAll(pid: number): void {
  for (const name of existsSync(folder) ? readdirSync(folder) : [])
    if (name.startsWith(`${prefix}-${pid}-`)) ip('netns', 'del', name)
}
