export type TraceDirection = 'backwards' | 'forwards'

/** One exchange as far as tracing needs it, in the order in which they were asked. */
export type TracedExchange = {
  exchange: string
  inputs: string[]
  outputs: string[]
  /** Place of the exchange whose response this one continues. */
  continues: number | undefined
}

/** Which nodes are calls and which results, by call id. */
export type Calls = {
  calls: Map<string, string[]>
  results: Map<string, string[]>
  callIdOf: Map<string, string>
}

export type TraceEdge = {
  node: string
  derivedFrom: string[]
  relation: 'request' | 'call' | 'continuation'
  exchange: string | null
}
export type Trace = { depths: Map<string, number>; edges: TraceEdge[]; isTruncated: boolean }

type Visit = { node: string; at: number; depth: number }

/**
 * What a node was derived from, or what was derived from it, step by step. The same words may be said twice in a session and
 * are one node then; so a trace keeps to time: backwards it takes from earlier exchanges only, forwards from later ones.
 * @param start nodes to begin at, and the place of the exchange that they are traced from.
 */
export function trace(
  exchanges: TracedExchange[],
  calls: Calls,
  start: { nodes: string[]; at: number },
  { direction, depth, limit }: { direction: TraceDirection; depth: number; limit: number },
): Trace {
  const isBackwards = direction === 'backwards'
  const places = placesOf(exchanges, isBackwards ? 'outputs' : 'inputs')
  const depths = new Map<string, number>()
  const widest = new Map<string, number>()
  const edges = new Map<string, TraceEdge>()
  const queue: Visit[] = []
  let isTruncated = false

  function visit(node: string, at: number, depth: number): boolean {
    const known = widest.get(node)
    if (known !== undefined && (isBackwards ? known >= at : known <= at)) return true
    if (!depths.has(node) && depths.size >= limit) {
      isTruncated = true
      return false
    }
    widest.set(node, at)
    if (!depths.has(node)) depths.set(node, depth)
    queue.push({ node, at, depth })
    return true
  }

  function addEdge(
    node: string,
    from: string[],
    relation: TraceEdge['relation'],
    exchange: string | null,
  ): void {
    const key = `${node} ${relation} ${exchange}`
    const edge = edges.get(key) ?? { node, derivedFrom: [], relation, exchange }
    for (const one of from) if (!edge.derivedFrom.includes(one)) edge.derivedFrom.push(one)
    edges.set(key, edge)
  }

  function goBack({ node, at, depth }: Visit): void {
    for (const place of places.get(node) ?? []) {
      if (place > at) continue
      const { exchange, inputs, continues } = exchanges[place]!
      if (inputs.length > 0)
        addEdge(
          node,
          inputs.filter((input) => visit(input, place - 1, depth + 1)),
          'request',
          exchange,
        )
      const continued = continues === undefined ? undefined : exchanges[continues]
      if (continued)
        addEdge(
          node,
          continued.outputs.filter((output) => visit(output, continues!, depth + 1)),
          'continuation',
          exchange,
        )
    }
    const callId = calls.callIdOf.get(node)
    if (callId === undefined || !calls.results.get(callId)?.includes(node)) return
    const called = (calls.calls.get(callId) ?? []).filter((call) => visit(call, at, depth + 1))
    if (called.length > 0) addEdge(node, called, 'call', null)
  }

  function goForth({ node, at, depth }: Visit): void {
    for (const place of places.get(node) ?? []) {
      if (place < at) continue
      const { exchange, outputs } = exchanges[place]!
      for (const output of outputs)
        if (visit(output, place + 1, depth + 1)) addEdge(output, [node], 'request', exchange)
    }
    for (const [place, { continues, outputs, exchange }] of exchanges.entries()) {
      if (continues === undefined || place < at || !exchanges[continues]!.outputs.includes(node)) continue
      for (const output of outputs)
        if (visit(output, place + 1, depth + 1)) addEdge(output, [node], 'continuation', exchange)
    }
    const callId = calls.callIdOf.get(node)
    if (callId === undefined || !calls.calls.get(callId)?.includes(node)) return
    for (const result of calls.results.get(callId) ?? [])
      if (visit(result, at, depth + 1)) addEdge(result, [node], 'call', null)
  }

  for (const node of start.nodes) visit(node, start.at, 0)
  for (let next = queue.shift(); next; next = queue.shift()) {
    if (next.depth >= depth || widest.get(next.node) !== next.at) continue
    if (isBackwards) goBack(next)
    else goForth(next)
  }
  return { depths, edges: [...edges.values()], isTruncated }
}

function placesOf(exchanges: TracedExchange[], side: 'inputs' | 'outputs'): Map<string, number[]> {
  const places = new Map<string, number[]>()
  for (const [place, exchange] of exchanges.entries())
    for (const node of new Set(exchange[side])) {
      const known = places.get(node)
      if (known) known.push(place)
      else places.set(node, [place])
    }
  return places
}
