/** The nonce of this answer's Content-Security-Policy, for the style elements that libraries make at run time. */
export const nonce: string = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';
