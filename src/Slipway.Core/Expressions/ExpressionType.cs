namespace Slipway.Core.Expressions;

/// <summary>The type of an expression, a variable or a field. <see cref="Dyn"/> is known only when it is evaluated.</summary>
public abstract record ExpressionType
{
    public static readonly ExpressionType Dyn = new SimpleType("dyn", ValueKind.Error);
    public static readonly ExpressionType Null = new SimpleType("null_type", ValueKind.Null);
    public static readonly ExpressionType Bool = new SimpleType("bool", ValueKind.Bool);
    public static readonly ExpressionType Int = new SimpleType("int", ValueKind.Int);
    public static readonly ExpressionType Uint = new SimpleType("uint", ValueKind.Uint);
    public static readonly ExpressionType Double = new SimpleType("double", ValueKind.Double);
    public static readonly ExpressionType String = new SimpleType("string", ValueKind.String);
    public static readonly ExpressionType Bytes = new SimpleType("bytes", ValueKind.Bytes);
    public static readonly ExpressionType Timestamp = new SimpleType("timestamp", ValueKind.Timestamp);
    public static readonly ExpressionType Duration = new SimpleType("duration", ValueKind.Duration);
    public static readonly ExpressionType Type = new SimpleType("type", ValueKind.Type);

    private protected ExpressionType(ValueKind kind) => Kind = kind;

    public static ExpressionType List(ExpressionType element) => new ListType(element);

    /// <summary>Keys are texts, whole numbers or truth values.</summary>
    public static ExpressionType Map(ExpressionType key, ExpressionType value) => new MapType(key, value);

    /// <summary>A value that may be missing.</summary>
    public static ExpressionType Optional(ExpressionType element) => new OptionalType(element);

    /// <summary>A map of which the keys, and the type of each one's value, are known.</summary>
    public static ExpressionType Object(string name, IReadOnlyDictionary<string, ExpressionType> fields) => new ObjectType(name, fields);

    /// <summary>What its values are when they are evaluated; <see cref="ValueKind.Error"/>: anything.</summary>
    internal ValueKind Kind { get; }

    internal bool IsDyn => Kind == ValueKind.Error;

    internal bool IsNumber => Kind is ValueKind.Int or ValueKind.Uint or ValueKind.Double;

    /// <summary>Whether a value of this may be of the other type: what is dyn may be anything.</summary>
    internal bool Agrees(ExpressionType other) => (this, other) switch
    {
        _ when IsDyn || other.IsDyn => true,
        (ListType a, ListType b) => a.Element.Agrees(b.Element),
        (OptionalType a, OptionalType b) => a.Element.Agrees(b.Element),
        (MapType a, MapType b) => a.Key.Agrees(b.Key) && a.Value.Agrees(b.Value),
        (ObjectType a, MapType b) => b.Key.Agrees(String) && a.Fields.Values.All(b.Value.Agrees),
        (MapType, ObjectType) => other.Agrees(this),
        ({ Kind: ValueKind.Null }, { } b) => b.Kind is ValueKind.Null or ValueKind.Timestamp or ValueKind.Duration || b is ObjectType,
        ({ } a, { Kind: ValueKind.Null }) => other.Agrees(a),
        _ => Equals(other),
    };

    /// <summary>The narrowest type that holds values of both.</summary>
    internal ExpressionType Join(ExpressionType other) => (this, other) switch
    {
        _ when Equals(other) => this,
        (ListType a, ListType b) => List(a.Element.Join(b.Element)),
        (OptionalType a, OptionalType b) => Optional(a.Element.Join(b.Element)),
        (MapType a, MapType b) => Map(a.Key.Join(b.Key), a.Value.Join(b.Value)),
        _ => Dyn,
    };
}

internal sealed record SimpleType : ExpressionType
{
    public SimpleType(string name, ValueKind kind)
        : base(kind) => Name = name;

    public string Name { get; }

    public override string ToString() => Name;
}

internal sealed record ListType(ExpressionType Element) : ExpressionType(ValueKind.List)
{
    public override string ToString() => $"list({Element})";
}

internal sealed record OptionalType(ExpressionType Element) : ExpressionType(ValueKind.Optional)
{
    public override string ToString() => $"optional_type({Element})";
}

internal sealed record MapType(ExpressionType Key, ExpressionType Value) : ExpressionType(ValueKind.Map)
{
    public override string ToString() => $"map({Key}, {Value})";
}

/// <summary>Objects with the same name are the same.</summary>
internal sealed record ObjectType(string Name, IReadOnlyDictionary<string, ExpressionType> Fields) : ExpressionType(ValueKind.Map)
{
    public bool Equals(ObjectType? other) => Name == other?.Name;

    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Name;
}
