/** Values by key, of those keys that were used lately. */
export type RecentTable<Value> = {
  get(key: string): Value | undefined
  /** Sets a value, or says that it was used. */
  set(key: string, value: Value): void
  size(): number
}

/**
 * Two generations: when the newer one is full it takes the place of the older one, whose keys are forgotten all at once. So
 * each operation takes the same time however many keys there are. (To take the oldest key out of one Map would not: a Map keeps
 * the places of what was deleted, and each search for the first key passes them again.)
 * @param most keys that are surely remembered, or weight of keys; there is twice as much at most.
 */
export function createRecentTable<Value>(
  most: number,
  weightOf: (key: string) => number = () => 1,
): RecentTable<Value> {
  let recent = new Map<string, Value>()
  let older = new Map<string, Value>()
  let weight = 0
  return {
    get: (key) => recent.get(key) ?? older.get(key),
    set(key, value) {
      if (!recent.has(key)) {
        if (weight + weightOf(key) > most) {
          older = recent
          recent = new Map()
          weight = 0
        }
        weight += weightOf(key)
      }
      recent.set(key, value)
    },
    size: () => recent.size + older.size,
  }
}
