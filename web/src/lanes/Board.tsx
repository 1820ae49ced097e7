import { Link, useNavigate } from 'react-router';
import type { EnvironmentView, ServiceStatusView } from '../api/types';
import { Icon } from '../parts/Icon';
import { ReleaseLink } from '../releases/ReleaseLink';
import classes from './Board.module.css';
import { LaneCell } from './LaneCell';

export function Board({ environments, services }: { environments: EnvironmentView[]; services: ServiceStatusView[] }) {
  return (
    <div className={classes.frame}>
      <table className={classes.board}>
        <caption className="sr">Services and what runs of them in each environment</caption>
        <thead>
          <tr>
            <th scope="col" className={classes.corner}>Service</th>
            {environments.map((environment) => <EnvironmentHead key={environment.name} environment={environment} />)}
          </tr>
        </thead>
        <tbody>
          {services.map((service) => <ServiceRow key={service.service} service={service} environments={environments} />)}
        </tbody>
      </table>
    </div>
  );
}

function EnvironmentHead({ environment }: { environment: EnvironmentView }) {
  const { name, after, promote, approvals, frozen } = environment;
  const way = [promote === 'auto' ? 'by itself' : 'on request', approvals > 0 ? `${approvals} approval${approvals > 1 ? 's' : ''}` : null].filter(Boolean);
  return (
    <th scope="col">
      <span className={classes.environment}>{name}</span>
      <span className={classes.path}>{after.length > 0 ? `after ${after.join(', ')}, ` : ''}{way.join(', ')}</span>
      {frozen ? <span className={classes.frozen} data-tone="attention"><Icon name="snow" size={14} /><span><Link to="/freezes" className={classes.frozenLink}>Frozen</Link>: {frozen}</span></span> : null}
    </th>
  );
}

function ServiceRow({ service, environments }: { service: ServiceStatusView; environments: EnvironmentView[] }) {
  const navigate = useNavigate();
  const to = `/services/${service.service}`;
  const open = (event: React.MouseEvent<HTMLElement>): void => {
    const inner = (event.target as HTMLElement).closest('a, button, time');
    if (!inner && window.getSelection()?.isCollapsed !== false) void navigate(to);
  };
  return (
    <tr className={classes.row} onClick={open}>
      <th scope="row">
        <Link to={to} className={classes.service}>{service.service}</Link>
        {service.owner ? <span className={classes.owner}>{service.owner}</span> : null}
        {service.latestVersion ? <span className={classes.owner}>newest <ReleaseLink service={service.service} version={service.latestVersion} /></span> : null}
      </th>
      {environments.map((environment) => {
        const lane = service.lanes.find((each) => each.environment === environment.name);
        return (
          <td key={environment.name}>
            <span className={classes.label} data-frozen={environment.frozen ? true : undefined}>
              {environment.name}
              {environment.frozen ? <><Icon name="snow" size={13} /><span className="sr">frozen</span></> : null}
            </span>
            {lane ? <LaneCell lane={lane} /> : <span className="quiet">–</span>}
          </td>
        );
      })}
    </tr>
  );
}
