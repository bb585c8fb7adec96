/**
 * What an ingress notes under a name, beside whether it is ready. One with several workers has the name of each before it
 * (`worker-2-providers`).
 */
export function ingressNote(notes: Record<string, string> | undefined, name: string): string | undefined {
  const found = Object.entries(notes ?? {}).flatMap(([key, text]) =>
    key.replace(/^worker-\d+-/, '') === name ? [text] : [],
  )
  return found.length === 0 ? undefined : [...new Set(found)].join('; ')
}
