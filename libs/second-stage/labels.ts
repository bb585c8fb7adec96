/** How labels of classifiers call a text without an attack. */
const harmless =
  /^(?:safe|benign|legit(?:imate)?|harmless|normal|clean|negative|no[_ -]?injection|label_0|0)$/i

/**
 * Makes the confidence that a text is an attack out of the numbers that a classifier returns. One number is a logit of its own;
 * of several, the labels that do not say harmless are attacks. Without labels the first is harmless.
 * @throws where the labels fit no such classifier.
 */
export function createLabelReader(
  labels: Readonly<Record<string, string>> | undefined,
): (logits: ArrayLike<number>) => number {
  const harmlessAt = labels
    ? Object.entries(labels)
        .filter(([, label]) => harmless.test(label))
        .map(([index]) => Number(index))
    : [0]
  const count = labels && Object.keys(labels).length
  if (labels && count! > 1 && harmlessAt.length === 0)
    throw new Error(
      `config.json names no label for harmless texts: ${Object.values(labels).join(', ')}; call one of them SAFE, BENIGN or LABEL_0`,
    )
  if (labels && count! > 1 && harmlessAt.length === count)
    throw new Error(`config.json names no label for attacks: ${Object.values(labels).join(', ')}`)
  return (logits) => {
    if (logits.length === 1) return 1 / (1 + Math.exp(-logits[0]!))
    if (count !== undefined && logits.length !== count)
      throw new Error(`the model returns ${logits.length} numbers, and config.json names ${count} labels`)
    const most = Math.max(...Array.from(logits))
    const shares = Array.from(logits, (logit) => Math.exp(logit - most))
    const all = shares.reduce((sum, share) => sum + share, 0)
    return 1 - harmlessAt.reduce((sum, index) => sum + shares[index]!, 0) / all
  }
}
