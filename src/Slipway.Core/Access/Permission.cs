namespace Slipway.Core.Access;

/// <summary>The verbs that an operation can ask for. Every endpoint names one; who has none of them may do nothing.</summary>
// CA1711 means .NET's old code access permissions; this is the word for it.
#pragma warning disable CA1711
public enum Permission
{
    /// <summary>See services, releases, promotions, rollouts, lanes, the ledger.</summary>
    Read,

    /// <summary>Add services and releases; ask for promotions and rollbacks; act on rollouts; veto and hold.</summary>
    Deploy,

    /// <summary>Decide an approval. Whether this person may decide this one is asked besides.</summary>
    Approve,

    /// <summary>Do what a rule would keep others from: lift a freeze.</summary>
    Override,

    /// <summary>Change rules: add a freeze, remove a service.</summary>
    EditPolicy,

    /// <summary>Enrol, drain and remove agents.</summary>
    ManageAgents,

    /// <summary>Make and revoke tokens of one's own identity.</summary>
    ManageOwnTokens,

    /// <summary>Make and revoke tokens of any identity.</summary>
    ManageTokens,

    /// <summary>Run the installation: doctor, backups, which metric sources there are.</summary>
    Operate,

    /// <summary>Make the server ask a metric source with a query of one's own. Apart from <see cref="Operate"/>: it reaches what the asker may not.</summary>
    AskSources,

    /// <summary>Be an agent: take wanted state and artifacts, report what is.</summary>
    ActAsAgent,
}
