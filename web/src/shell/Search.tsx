import { Spotlight, type SpotlightActionData } from '@mantine/spotlight';
import { useNavigate } from 'react-router';
import type { LaneView, StatusView } from '../api/types';
import { useStatus } from '../lanes/queries';
import { Icon } from '../parts/Icon';
import { brief } from '../words/brief';
import { sentence } from '../words/sentence';
import { promotionIsOver, promotionState, rolloutNow } from '../words/states';

interface Place { id: string; label: string; description: string; to: string }

const pages: Place[] = [
  { id: 'page-board', label: 'Board', description: 'All services in all environments', to: '/' },
  { id: 'page-runs', label: 'Runs', description: 'From commits to releases', to: '/runs' },
  { id: 'page-templates', label: 'Templates', description: 'Pipelines that services share', to: '/templates' },
  { id: 'page-activity', label: 'Activity', description: 'What happened, from the ledger', to: '/activity' },
  { id: 'page-freezes', label: 'Freezes and holds', description: 'What keeps change out', to: '/freezes' },
  { id: 'page-access', label: 'Access', description: 'Who you are, tokens, agents', to: '/access' },
];

function moving(lane: LaneView): Place[] {
  const move = lane.moving;
  if (!move) return [];
  const words = move.rollout ? rolloutNow(move.rollout, move.until).word : promotionState[move.state].word;
  const to = move.rollout && !promotionIsOver(move.state) ? `/rollouts/${move.id}` : `/promotions/${move.id}`;
  return [{ id: move.id, label: `${lane.service} ${move.version} to ${lane.environment}`, description: `${words}. ${sentence(brief(move.reason))}`, to }];
}

/** What the search offers: what moves first, then services, then pages. */
export function placesOf(status: StatusView | undefined): { group: string; places: Place[] }[] {
  const services = status?.services ?? [];
  return [
    { group: 'Under way', places: services.flatMap((service) => service.lanes.flatMap(moving)) },
    {
      group: 'Services',
      places: services.map(({ service, owner, latestVersion }) => ({
        id: `service-${service}`, label: service, to: `/services/${service}`,
        description: [owner, latestVersion && `newest ${latestVersion}`].filter(Boolean).join(' · '),
      })),
    },
    { group: 'Pages', places: pages },
  ].filter(({ places }) => places.length > 0);
}

export function Search() {
  const { data } = useStatus();
  const navigate = useNavigate();
  const action = ({ id, label, description, to }: Place): SpotlightActionData => ({ id, label, description, onClick: () => void navigate(to) });
  return (
    <Spotlight
      attributes={{ content: { 'aria-label': 'Search' } }}
      actions={placesOf(data).map(({ group, places }) => ({ group, actions: places.map(action) }))}
      shortcut="mod + K" limit={12} scrollable maxHeight={420} highlightQuery nothingFound="Nothing is called that."
      searchProps={{ placeholder: 'Go to a service, a rollout, a page…', leftSection: <Icon name="search" size={18} />, 'aria-label': 'Search' }}
    />
  );
}
