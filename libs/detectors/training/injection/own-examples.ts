import { createRandom, expand, pick } from './expand.ts'
import { attackLists, attackTemplates } from './own-attacks.ts'
import { harmlessLists, harmlessTemplates } from './own-harmless.ts'

export type OwnExample = { text: string; attack: boolean; source: string }

/**
 * Examples out of our own templates: attacks, harmless texts with the words of attacks, and attacks that stand within
 * one of `carriers` (harmless documents) beside the same documents without.
 */
export function ownExamples(
  counts: { each: number; planted: number },
  carriers: readonly string[],
  seed: number,
): OwnExample[] {
  const random = createRandom(seed)
  const attack = () => vary(expand(pick(attackTemplates, random), attackLists, random), random)
  const examples: OwnExample[] = []
  for (let count = 0; count < counts.each; count++) {
    examples.push({ text: attack(), attack: true, source: 'own-attacks' })
    const harmless = expand(pick(harmlessTemplates, random), harmlessLists, random)
    examples.push({ text: vary(harmless, random), attack: false, source: 'own-harmless' })
  }
  for (let count = 0; count < counts.planted && carriers.length > 0; count++) {
    const carrier = pick(carriers, random).slice(0, 600)
    examples.push({ text: plant(attack(), carrier, random), attack: true, source: 'own-planted' })
    examples.push({ text: carrier, attack: false, source: 'own-carriers' })
  }
  return examples
}

/** Capitals as people write them. */
function vary(text: string, random: () => number): string {
  const style = random()
  if (style < 0.7) return text.charAt(0).toUpperCase() + text.slice(1)
  if (style < 0.76) return text.toUpperCase()
  return text
}

function plant(attack: string, carrier: string, random: () => number): string {
  const place = random()
  const separator = pick(['\n', '\n\n', ' ', '. '], random)
  if (place < 0.5) return carrier + separator + attack
  if (place < 0.7) return attack + separator + carrier
  const middle = carrier.indexOf(' ', Math.floor(carrier.length / 2))
  if (middle < 0) return carrier + separator + attack
  return carrier.slice(0, middle) + separator + attack + separator + carrier.slice(middle + 1)
}
