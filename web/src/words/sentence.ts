/** Reasons come as phrases, to stand inside other sentences; alone they begin with a capital letter. */
export const sentence = (phrase: string): string => `${phrase.charAt(0).toUpperCase()}${phrase.slice(1)}`;

/** As a sentence, unless it begins with a name, which is written as it is. */
export const sentenceOf = (phrase: string, names: (string | null | undefined)[]): string =>
  (names.some((name) => name && phrase.startsWith(name)) ? phrase : sentence(phrase));
