export async function toArray<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const array: Item[] = []
  for await (const item of items) array.push(item)
  return array
}
