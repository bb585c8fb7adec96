type Family = { head: string[]; samples: string[] }

/**
 * Metrics of several workers as those of one ingress: each sample gets the label `worker`, and the samples of a metric
 * stand together, as Prometheus wants them.
 * @param texts of each worker in Prometheus' text format, in the order of their numbers; undefined of one that is missing.
 */
export function mergeMetrics(texts: readonly (string | undefined)[]): string {
  const families = new Map<string, Family>()
  for (const [index, text] of texts.entries()) {
    let family: Family | undefined
    for (const line of text?.split('\n') ?? []) {
      if (line === '') continue
      const name = /^# (?:HELP|TYPE|UNIT) (\S+)/.exec(line)?.[1]
      if (name !== undefined) {
        family = families.get(name) ?? { head: [], samples: [] }
        families.set(name, family)
        if (!family.head.includes(line)) family.head.push(line)
      } else if (!line.startsWith('#')) family?.samples.push(labelled(line, index + 1))
    }
  }
  return [...families.values()].flatMap(({ head, samples }) => [...head, ...samples, '']).join('\n')
}

function labelled(sample: string, worker: number): string {
  const label = `worker="${worker}"`
  const name = /^[\w:]+/.exec(sample)![0]
  const rest = sample.slice(name.length)
  if (rest.startsWith('{}')) return `${name}{${label}}${rest.slice(2)}`
  return rest.startsWith('{') ? `${name}{${label},${rest.slice(1)}` : `${name}{${label}}${rest}`
}
