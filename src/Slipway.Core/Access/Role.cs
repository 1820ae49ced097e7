using System.Collections.Frozen;

namespace Slipway.Core.Access;

/// <summary>A named set of permissions that an identity or a token has.</summary>
public enum Role { Viewer, Deployer, Approver, Admin, Agent }

/// <summary>What each role may do.</summary>
public static class Roles
{
    private static readonly FrozenDictionary<Role, FrozenSet<Permission>> Table = new Dictionary<Role, FrozenSet<Permission>>
    {
        [Role.Viewer] = Set(Permission.Read, Permission.ManageOwnTokens),
        [Role.Deployer] = Set(Permission.Read, Permission.ManageOwnTokens, Permission.Deploy),
        [Role.Approver] = Set(Permission.Read, Permission.ManageOwnTokens, Permission.Approve),
        [Role.Admin] = Set(
            Permission.Read, Permission.ManageOwnTokens, Permission.Deploy, Permission.Approve, Permission.Override, Permission.EditPolicy,
            Permission.ManageAgents, Permission.ManageTokens, Permission.Operate, Permission.AskSources),
        [Role.Agent] = Set(Permission.ActAsAgent),
    }.ToFrozenDictionary();

    public static IReadOnlySet<Permission> PermissionsOf(Role role) => Table[role];

    public static IReadOnlySet<Permission> PermissionsOf(IEnumerable<Role> roles) => roles.SelectMany(r => Table[r]).ToFrozenSet();

    /// <summary>Whether everything that <paramref name="roles"/> allow is also allowed by <paramref name="by"/>: the bound on what a token may hand on.</summary>
    public static bool Within(IEnumerable<Role> roles, IEnumerable<Role> by) => PermissionsOf(roles).IsSubsetOf(PermissionsOf(by));

    /// <summary>As the API writes it: <c>viewer</c>.</summary>
    public static string NameOf(Role role) => role switch
    {
        Role.Viewer => "viewer",
        Role.Deployer => "deployer",
        Role.Approver => "approver",
        Role.Admin => "admin",
        Role.Agent => "agent",
        _ => throw new ArgumentOutOfRangeException(nameof(role)),
    };

    /// <summary>The role of that name; null when there is none.</summary>
    public static Role? Find(string name) => Enum.GetValues<Role>().Cast<Role?>().FirstOrDefault(r => NameOf(r!.Value) == name);

    private static FrozenSet<Permission> Set(params Permission[] permissions) => permissions.ToFrozenSet();
}
