namespace Slipway.Engine.Tests.Simulation;

/// <summary>A guard that is taken away on purpose, to prove that the simulation sees it go.</summary>
internal enum Mutation
{
    None,

    /// <summary>Says that a command is durable, and has lost what it put into an inbox.</summary>
    AppendNotKept,

    /// <summary>Says that a turn is durable, and has lost it.</summary>
    CommitNotKept,

    /// <summary>Leaves folded events in the inbox.</summary>
    EventFoldedTwice,

    /// <summary>Lets anybody claim and commit at any time.</summary>
    LeasesIgnored,

    /// <summary>Takes wanted rows whatever their token.</summary>
    FencingIgnored,

    /// <summary>Loses some changes of weights between commit and dispatch.</summary>
    ShiftDropped,

    /// <summary>Loses any effect now and then.</summary>
    AnyEffectDropped,
    InconclusiveReadAsPassed,
    WaitingGateReadAsOpen,
    FactDropped,
    EntryRewritten,

    /// <summary>Loses the word to stop instances.</summary>
    StopDropped,

    /// <summary>An agent that never stops what it started.</summary>
    AgentKeepsAll,
}
