/** Reasons come as phrases, to stand inside other sentences; alone they begin with a capital letter. */
export const sentence = (phrase: string): string => `${phrase.charAt(0).toUpperCase()}${phrase.slice(1)}`;
