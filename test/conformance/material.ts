/** A PNG of one transparent pixel. */
export const imageBase64 =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=='

export const weather = {
  parameters: {
    type: 'object' as const,
    properties: { city: { type: 'string' as const }, days: { type: 'number' as const } },
    required: ['city'],
    additionalProperties: false,
  },
}

/** An answer in JSON, as structured output asks for it. */
export const weatherText = '{"city":"Zürich","degrees":21.5}'
