namespace Slipway.Core.Expressions;

/// <summary>One evaluation: the values of variables, those of macros behind them, and what may still be spent.</summary>
internal sealed class Evaluation(Value[] variables, long cost)
{
    private long _left = cost;

    public Value[] Variables { get; } = variables;

    /// <summary>More was spent than was allowed: no operator makes up for that.</summary>
    public bool IsOver => _left < 0;

    /// <summary>False: it is too much.</summary>
    public bool Charge(long cost)
    {
        _left -= cost;
        return _left >= 0;
    }

    public Value TooMuch()
    {
        _left = Math.Min(_left, -1);
        return Value.Error("it takes more steps than are allowed");
    }
}
