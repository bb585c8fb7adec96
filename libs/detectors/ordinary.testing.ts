const paragraphs = [
  'Thanks for the quick reply! I looked at the report that you sent on Tuesday, and most of it is clear to me. What I do not understand is why the second quarter looks so different from the first, although nothing changed in how we count. Could you compare both, name the three largest causes, and say how sure you are of each? Please answer in two short paragraphs, in plain words, for people who have not read the report.',
  'Here is what the customer wrote: "Hello, my name is Ann Lee, you reach me at ann.lee@example.com or on (212) 555-0187. The order 4711-0815 of 2026-03-04 came without the charger; I paid 129.90 EUR by card." Summarise the complaint in one sentence and propose an answer.',
  'export function median(values: number[]): number {\n  const sorted = values.toSorted((a, b) => a - b)\n  const middle = sorted.length >> 1\n  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2\n}\n\nconst apiUrl = process.env.API_URL ?? "http://localhost:8080/v1"\n// TODO: retry on 429 and 503, with a delay of 250 ms\n',
  '{"id":"0193a7c2-5b1e-7c44-9f0e-3d2b1a4c5d6e","created":1763900000,"model":"gpt-4o","temperature":0.2,"messages":[{"role":"system","content":"You are a helpful assistant for a hardware shop."},{"role":"user","content":"Which screws do I need for a shelf of 30 kg on plasterboard?"}]}\n',
  '1. Preheat the oven to 200 °C. 2. Mix 250 g of flour with a pinch of salt. 3. Add two eggs and 100 ml of milk, and stir until smooth. 4. Let the dough rest for half an hour: this matters more than it seems. 5. Bake for 25 minutes, or until a knife comes out clean. Serves four; keeps for two days in the fridge.',
]

const rowsOf = (length: number, row: (index: number) => string) => {
  let text = ''
  for (let index = 0; text.length < length; index++) text += `${row(index)}\n`
  return text.slice(0, length)
}
/** Kinds of text that models get, by length. */
export const ordinaryTexts: Record<string, (length: number) => string> = {
  mixed(length) {
    let text = ''
    for (let index = 0; text.length < length; index++) text += `${paragraphs[index % paragraphs.length]}\n\n`
    return text.slice(0, length)
  },
  prose: (length) => (paragraphs[0]! + paragraphs[4]!).repeat(Math.ceil(length / 600)).slice(0, length),
  code: (length) => `${paragraphs[2]}\n`.repeat(Math.ceil(length / 300)).slice(0, length),
  'chat JSON': (length) => paragraphs[3]!.repeat(Math.ceil(length / 250)).slice(0, length),
  'JSON logs': (length) =>
    rowsOf(length, (index) =>
      JSON.stringify({
        time: new Date(1.76e12 + index * 977).toISOString(),
        level: 'info',
        trace: (0x9e3779b97f4an * BigInt(index + 7)).toString(16).padStart(32, '0').slice(-32),
        message: 'request completed',
        path: `/v1/orders/${10_000 + index * 37}`,
        status: 200,
        durationMs: (index * 7919) % 900,
        bytes: (index * 104_729) % 1e6,
      }),
    ),
  CSV: (length) =>
    rowsOf(length, (index) => {
      const count = (index * 7919) % 97
      return `${100_000 + index};SKU-${1000 + count};${count};${(count * 1.37).toFixed(2)};2026-03-${10 + (index % 19)};${4_006_381_333_900 + index}`
    }),
  numbers: (length) =>
    rowsOf(
      length,
      (index) => `${(index * 7919) % 9973} ${(index * 104_729) % 99_991} ${(index % 1000) / 10}`,
    ),
  floats: (length) =>
    rowsOf(
      length,
      (index) => `[${[1, 2, 3, 4].map((at) => (Math.sin(index * at) * 10).toFixed(6)).join(', ')}]`,
    ),
  dates: (length) =>
    rowsOf(
      length,
      (index) =>
        `2026-0${1 + (index % 9)}-1${index % 10} 1${index % 10}:0${index % 10} 11.0${1 + (index % 9)}.2026`,
    ),
  identifiers: (length) =>
    rowsOf(
      length,
      (index) => `A${(index * 37) % 1000}B${index % 10} X${index}Z DE${(index * 7) % 100} F${index}`,
    ),
  'access log': (length) =>
    rowsOf(
      length,
      (index) =>
        `10.${index % 256}.${(index * 7) % 256}.${(index * 13) % 256} - - [10/Mar/2026:10:00:12 +0000] "GET /a/${index} HTTP/1.1" 200 ${index * 37}`,
    ),
  'telephone numbers': (length) =>
    rowsOf(length, (index) => `+49 30 ${100_000 + index * 37} 0170 ${1_000_000 + index * 7}`),
  'hex dump': (length) =>
    rowsOf(
      length,
      (index) =>
        `${(index * 16).toString(16).padStart(8, '0')}  ${Array.from({ length: 16 }, (_, at) => ((index * 31 + at * 17 + ((index * at) % 251)) % 256).toString(16).padStart(2, '0')).join(' ')}`,
    ),
}
