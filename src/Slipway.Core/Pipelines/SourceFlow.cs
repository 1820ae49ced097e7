using System.Text.Json.Nodes;
using Slipway.Core.Access;
using Slipway.Core.Kernel;

namespace Slipway.Core.Pipelines;

/// <summary>
/// A service's repository: a new commit of the branch is read → makes a run, if it concerns the service → the service's runs go one after the other. It is over when
/// the repository is taken away, or the service is removed; a service without a repository has none.
/// </summary>
public sealed class SourceFlow() : Machine<SourceState, SourceEvent>(ProcessKind, 1, SourceJson.Default.SourceState, SourceJson.Default.SourceEvent, new SourceTimeCame())
{
    public const string ProcessKind = "source";

    public static ProcessId ProcessOf(string service) => new(ProcessKind, service);

    /// <summary>The name of a service's run.</summary>
    public static string RunName(string service, int number) => $"{service}-run-{number}";

    public override Decision<SourceState> Decide(ProcessId process, SourceState? state, SourceEvent @event, DateTimeOffset at)
    {
        if (state is null)
        {
            return @event is SourceSet set
                ? new Turn(process.Key, new SourceState { Spec = set.Spec }).Added(set)
                : throw new InvalidOperationException($"{process} got {@event.GetType().Name} before it had a repository.");
        }

        var turn = new Turn(process.Key, state);
        return @event switch
        {
            SourceSet e => turn.Set(e),
            _ when state.Removed => turn.Done(),
            SourceRemoved e => turn.Remove(e),
            // A look that began before the source was set anew saw another branch.
            HeadSeen { Of: { } before } when before != state.Spec => turn.Done(),
            HeadSeen e => turn.See(e.Commit),
            RunAsked e => turn.Ask(e),
            CommitRead e => turn.Begin(e),
            CommitUnreadable e => turn.Refuse(e),
            NothingChanged e => turn.PassOver(e),
            RunReady e => turn.Enqueue(e.Run, givesWay: false),
            RunOver e => turn.End(e.Run),
            SourceTimeCame => turn.Done(),
            _ => throw new InvalidOperationException($"A source does not take {@event.GetType().Name}."),
        };
    }

    /// <summary>One decision in the making.</summary>
    private sealed class Turn(string service, SourceState state)
    {
        private readonly List<Effect> _effects = [];
        private readonly List<Fact> _facts = [];
        private readonly List<Message> _messages = [];
        private SourceState _state = state;

        public Decision<SourceState> Added(SourceSet e)
        {
            Record("source.set", e.By.Identity, new JsonObject { ["repository"] = e.Spec.Repository, ["branch"] = e.Spec.Branch, ["path"] = e.Spec.Path });
            return Done();
        }

        public Decision<SourceState> Set(SourceSet e)
        {
            if (e.Spec == _state.Spec && !_state.Removed)
            {
                return Done();
            }

            // What was seen and found wrong belonged to the other branch or repository.
            _state = _state with { Spec = e.Spec, Removed = false, Head = null, Reading = null, ToRead = [], Problem = null, ProblemCommit = null };
            return Added(e);
        }

        public Decision<SourceState> Remove(SourceRemoved e)
        {
            foreach (var run in _state.Waiting.Select(w => w.Run).Append(_state.Active).OfType<string>())
            {
                _messages.Add(new Message(RunFlow.ProcessOf(run), new RunCancelled(e.By, "the service follows this repository no more")));
            }

            Record("source.removed", e.By.Identity, []);
            _state = _state with { Removed = true, Reading = null, ToRead = [], Active = null, Waiting = [] };
            return Done();
        }

        public Decision<SourceState> See(string commit)
        {
            if (commit == _state.Head)
            {
                return Done();
            }

            // Of several pushes while one is read, only the newest is read next; what changed since the last one looked at counts for it.
            Read(new Reading(0, commit, _state.Head, RunTrigger.Push, Actor.Slipway, null), instead: r => r.Trigger == RunTrigger.Push);
            _state = _state with { Head = commit };
            return Done();
        }

        public Decision<SourceState> Ask(RunAsked e)
        {
            Read(new Reading(0, e.Ref ?? _state.Spec.Branch, null, RunTrigger.Manual, e.By, e.Why), instead: _ => false);
            return Done();
        }

        public Decision<SourceState> Begin(CommitRead e)
        {
            if (_state.Reading is not { } reading || reading.Number != e.Number)
            {
                return Done();
            }

            var run = RunName(service, _state.Runs + 1);
            _state = _state with { Runs = _state.Runs + 1 };
            if (IsNewest(reading, e.Inputs.Commit))
            {
                _state = _state with { Problem = null, ProblemCommit = null };
            }

            _messages.Add(new Message(RunFlow.ProcessOf(run), new RunRequested(e.Inputs, reading.By, reading.Why)));
            var isPush = reading.Trigger == RunTrigger.Push;
            if (isPush)
            {
                foreach (var older in _state.Waiting.Where(w => w.GivesWay))
                {
                    _messages.Add(new Message(RunFlow.ProcessOf(older.Run), new RunCancelled(Actor.Slipway, $"{run} of a newer commit takes its place")));
                }

                _state = _state with { Waiting = [.. _state.Waiting.Where(w => !w.GivesWay)] };
            }

            ReadNext();
            return Enqueue(run, givesWay: isPush && e.Inputs.Pipeline.Concurrency == RunConcurrency.NewestWins);
        }

        public Decision<SourceState> Refuse(CommitUnreadable e)
        {
            if (_state.Reading?.Number != e.Number)
            {
                return Done();
            }

            Record("source.commitRefused", Fact.Slipway, new JsonObject { ["ref"] = _state.Reading.Ref, ["commit"] = e.Commit, ["why"] = e.Why });
            if (IsNewest(_state.Reading, e.Commit))
            {
                _state = _state with { Problem = e.Why, ProblemCommit = e.Commit ?? _state.Reading.Ref };
            }

            ReadNext();
            return Done();
        }

        /// <summary>How an older commit fares, or a name that somebody asked for, says nothing of the branch's newest commit.</summary>
        private bool IsNewest(Reading reading, string? commit) => reading.Trigger == RunTrigger.Push || (commit is not null && commit == _state.Head);

        public Decision<SourceState> PassOver(NothingChanged e)
        {
            if (_state.Reading?.Number == e.Number)
            {
                ReadNext();
            }

            return Done();
        }

        public Decision<SourceState> Enqueue(string run, bool givesWay)
        {
            if (_state.Active != run && !_state.Waiting.Any(w => w.Run == run))
            {
                _state = _state with { Waiting = [.. _state.Waiting, new WaitingRun(run, givesWay)] };
            }

            return Admit();
        }

        public Decision<SourceState> End(string run)
        {
            _state = _state with { Active = _state.Active == run ? null : _state.Active, Waiting = [.. _state.Waiting.Where(w => w.Run != run)] };
            return Admit();
        }

        public Decision<SourceState> Done() => new() { State = _state, Effects = _effects, Facts = _facts, Messages = _messages, Ended = _state.Removed };

        private Decision<SourceState> Admit()
        {
            if (_state.Active is null && _state.Waiting is [var next, ..])
            {
                _state = _state with { Active = next.Run, Waiting = [.. _state.Waiting.Skip(1)] };
                _messages.Add(new Message(RunFlow.ProcessOf(next.Run), new RunAdmitted()));
            }

            return Done();
        }

        /// <param name="instead">What waits to be read and need not be any more, now that this comes.</param>
        private void Read(Reading reading, Func<Reading, bool> instead)
        {
            // The oldest of those that it replaces says since when things changed.
            var replaced = _state.ToRead.Where(instead).ToList();
            var number = _state.Readings + 1;
            _state = _state with
            {
                Readings = number,
                ToRead = [.. _state.ToRead.Where(r => !instead(r)), reading with { Number = number, Since = replaced.Count > 0 ? replaced[0].Since : reading.Since }],
            };
            if (_state.Reading is null)
            {
                ReadNext();
            }
        }

        private void ReadNext()
        {
            _state = _state with { Reading = _state.ToRead is [var next, ..] ? next : null, ToRead = [.. _state.ToRead.Skip(1)] };
            if (_state.Reading is { } reading)
            {
                _effects.Add(new ReadCommit(service, _state.Spec, reading));
            }
        }

        private void Record(string type, string actor, JsonObject body) => _facts.Add(new Fact(type, new FactSubject { Service = service }, actor, body));
    }
}
