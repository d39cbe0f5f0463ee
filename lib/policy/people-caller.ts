export const PEOPLE_OF = 'user@'

/** How decisions name the people of an issuer: together, never by their subjects. */
export const peopleCaller = (issuerName: string): string => `${PEOPLE_OF}${issuerName}`
