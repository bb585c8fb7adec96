const windowMs = 5_000

/** Units per second over the last seconds; undefined until two samples are apart. */
export type Rate = (amount: number, nowMs: number) => number | undefined

export function measureRate(): Rate {
  const samples: { amount: number; atMs: number }[] = []
  return (amount, nowMs) => {
    samples.push({ amount, atMs: nowMs })
    while (samples.length > 2 && samples[1]!.atMs <= nowMs - windowMs) samples.shift()
    const first = samples[0]!
    if (nowMs === first.atMs) return undefined
    return ((amount - first.amount) * 1_000) / (nowMs - first.atMs)
  }
}
