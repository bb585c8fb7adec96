import { type Concept, concepts } from './concepts.ts'

type Step = { concepts: readonly Concept[] /** Most words after the step before. */; within: number }

export type Phrase = { name: string; steps: readonly Step[] }

const target: readonly Concept[] = ['instruction', 'restriction']

/** Sequences of concepts in one sentence that harmless texts hardly have. */
export const phrases: readonly Phrase[] = [
  {
    name: 'rule: override → prior → instruction',
    steps: [
      { concepts: ['override'], within: 0 },
      { concepts: ['prior'], within: 5 },
      { concepts: target, within: 3 },
    ],
  },
  {
    name: 'rule: override → your → instruction',
    steps: [
      { concepts: ['override'], within: 0 },
      { concepts: ['self'], within: 3 },
      { concepts: target, within: 3 },
    ],
  },
  {
    name: 'rule: reveal → your → system → instruction',
    steps: [
      { concepts: ['reveal'], within: 0 },
      { concepts: ['self'], within: 4 },
      { concepts: ['system', 'prior', 'secret'], within: 2 },
      { concepts: target, within: 2 },
    ],
  },
]

export type PhraseMatch = { phrase: Phrase; firstWord: number; lastWord: number }

export type PhraseFinder = {
  beginText(): void
  beginSentence(): void
  /** A word of a concept, by its number (see `concepts`). */
  concept(concept: number, word: number): void
  matches: PhraseMatch[]
}

/** Follows the concepts of a text, and collects where they make up a phrase. A question does not count. */
export function createPhraseFinder(): PhraseFinder {
  const steps = phrases.map((phrase) =>
    phrase.steps.map((step) => ({ numbers: setOf(step.concepts), within: step.within })),
  )
  const question = numberOf('question')
  const speaker = numberOf('speaker')
  const inPhrases = setOf(phrases.flatMap((phrase) => phrase.steps.flatMap((step) => step.concepts)))
  const matches: PhraseMatch[] = []
  /** Per phrase and step: first and last word of the attempt that got so far; -1 for none. */
  const firstWords = steps.map(({ length }) => new Int32Array(length).fill(-1))
  const lastWords = steps.map(({ length }) => new Int32Array(length).fill(-1))
  let isQuestion = false
  /** The last word that stands for whoever speaks: "my earlier message" is none of the model's. */
  let speakerAt = -2
  /** Whether an attempt stands in `firstWords`: most sentences have none. */
  let isBegun = false

  const beginSentence = () => {
    isQuestion = false
    speakerAt = -2
    if (!isBegun) return
    isBegun = false
    for (const words of firstWords) words.fill(-1)
  }
  return {
    matches,
    beginText() {
      matches.length = 0
      beginSentence()
    },
    beginSentence,
    concept(concept, word) {
      if (concept === question) isQuestion = true
      if (concept === speaker) speakerAt = word
      if (isQuestion || (inPhrases & (1 << concept)) === 0) return
      for (let index = 0; index < steps.length; index++) {
        const phrase = steps[index]!
        const first = firstWords[index]!
        const last = lastWords[index]!
        for (let step = phrase.length - 1; step >= 0; step--) {
          const { numbers, within } = phrase[step]!
          if ((numbers & (1 << concept)) === 0) continue
          if (step > 0 && (first[step - 1]! < 0 || word - last[step - 1]! > within)) continue
          if (step > 0 && speakerAt === word - 1) continue
          first[step] = step === 0 ? word : first[step - 1]!
          isBegun = true
          last[step] = word
          if (step === phrase.length - 1)
            matches.push({ phrase: phrases[index]!, firstWord: first[step]!, lastWord: word })
        }
      }
    },
  }
}

function numberOf(concept: Concept): number {
  return concepts.indexOf(concept) + 1
}

/** One bit for each concept; there are fewer than 32. */
function setOf(some: readonly Concept[]): number {
  return some.reduce((set, concept) => set | (1 << numberOf(concept)), 0)
}
