/** After so many tries, some minutes, a body is not expected to become whole any more. */
export const expectedTries = 8
