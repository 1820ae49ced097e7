/** Says a change to people who listen instead of look; the element is in the page's frame. */
export const announcerId = 'announcer';

export function announce(text: string): void {
  const element = document.getElementById(announcerId);
  if (element) element.textContent = text;
}
