import type { Fitted } from './fit.ts'

/** Rounds weights to eight bits. The few largest are cut, so that the many small ones keep their differences. */
export function quantize({ weights }: Fitted): { weights: Int8Array; weightScale: number } {
  const sizes = weights
    .filter((weight) => weight !== 0)
    .map(Math.abs)
    .sort()
  const largest = sizes[Math.floor(sizes.length * 0.9995)] ?? 1
  const weightScale = largest / 127
  return {
    weightScale,
    weights: Int8Array.from(weights, (weight) =>
      Math.max(-127, Math.min(127, Math.round(weight / weightScale))),
    ),
  }
}
