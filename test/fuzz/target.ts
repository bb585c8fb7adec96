import fc, { type Arbitrary, type IAsyncProperty } from 'fast-check'

/** Something that reads what comes from outside, and what must hold for every input. */
export type Target = {
  name: string
  property: IAsyncProperty<[unknown]>
  /** How many inputs it has had. */
  inputs(): number
  /** Stops what the checks have started. */
  close(): Promise<void>
}

/** @param check throws where what must hold does not. */
export function defineTarget<Input>({
  name,
  input,
  check,
  close = async () => {},
}: {
  name: string
  input: Arbitrary<Input>
  check(input: Input): void | Promise<void>
  close?(): Promise<void>
}): Target {
  let inputs = 0
  const property = fc.asyncProperty(input, async (one) => {
    inputs++
    await check(one)
  })
  return { name, property: property as IAsyncProperty<[unknown]>, inputs: () => inputs, close }
}
