/** Whether an `Authorization` header is of DPoP's scheme (RFC 9449, section 7.1). */
export const usesDpop = (authorization: string | undefined): boolean => /^dpop\b/i.test(authorization ?? '')
