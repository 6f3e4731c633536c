using System;
using Umps.Collectives;

namespace Umps;

/// <summary>An operator of reductions: what <c>Reduce</c> and <c>Allreduce</c> combine two elements by.</summary>
/// <remarks>
/// MPI 4.1 §6.9.2 to §6.9.5. Immutable; one object serves all types, ranks and threads. Operands are combined in rank order where the operator does not commute,
/// in an order that depends on the number of ranks and the length alone where it does: the same call on as many ranks gives the same bits every time, on every rank.
/// </remarks>
public class Op
{
    internal Op(OpKind kind, string name, bool commutative)
    {
        Kind = kind;
        Name = name;
        IsCommutative = commutative;
    }

    /// <summary>The sum. Numbers and <see cref="System.Numerics.Complex"/>; integers wrap.</summary>
    public static Op Sum { get; } = new(OpKind.Sum, nameof(Sum), true);

    /// <summary>The product. Numbers and <see cref="System.Numerics.Complex"/>; integers wrap.</summary>
    public static Op Prod { get; } = new(OpKind.Prod, nameof(Prod), true);

    /// <summary>The smaller. Numbers and <c>char</c>; NaN if either is NaN, and -0 is smaller than 0 (IEEE 754-2019 minimum).</summary>
    public static Op Min { get; } = new(OpKind.Min, nameof(Min), true);

    /// <summary>The larger. Numbers and <c>char</c>; NaN if either is NaN, and 0 is larger than -0 (IEEE 754-2019 maximum).</summary>
    public static Op Max { get; } = new(OpKind.Max, nameof(Max), true);

    /// <summary>Logical and. <c>bool</c>, and integers, where what is not 0 is true and the result is 0 or 1.</summary>
    public static Op Land { get; } = new(OpKind.Land, nameof(Land), true);

    /// <summary>Logical or. <c>bool</c>, and integers, where what is not 0 is true and the result is 0 or 1.</summary>
    public static Op Lor { get; } = new(OpKind.Lor, nameof(Lor), true);

    /// <summary>Logical exclusive or. <c>bool</c>, and integers, where what is not 0 is true and the result is 0 or 1.</summary>
    public static Op Lxor { get; } = new(OpKind.Lxor, nameof(Lxor), true);

    /// <summary>And of each bit. Integers and <c>bool</c>.</summary>
    public static Op Band { get; } = new(OpKind.Band, nameof(Band), true);

    /// <summary>Or of each bit. Integers and <c>bool</c>.</summary>
    public static Op Bor { get; } = new(OpKind.Bor, nameof(Bor), true);

    /// <summary>Exclusive or of each bit. Integers and <c>bool</c>.</summary>
    public static Op Bxor { get; } = new(OpKind.Bxor, nameof(Bxor), true);

    /// <summary>The smaller value and its location; of equal values the lower location. <see cref="ValueLoc{T}"/> of a number; NaN wins.</summary>
    public static Op MinLoc { get; } = new(OpKind.MinLoc, nameof(MinLoc), true);

    /// <summary>The larger value and its location; of equal values the lower location. <see cref="ValueLoc{T}"/> of a number; NaN wins.</summary>
    public static Op MaxLoc { get; } = new(OpKind.MaxLoc, nameof(MaxLoc), true);

    /// <summary>How errors name it.</summary>
    public string Name { get; }

    /// <summary>True when the operands may change places.</summary>
    public bool IsCommutative { get; }

    internal OpKind Kind { get; }

    /// <summary>The one type a user's operator takes; null for the others.</summary>
    internal virtual Type? ElementType => null;

    /// <summary>Makes an operator of a function.</summary>
    /// <typeparam name="T">Type of the elements it takes.</typeparam>
    /// <param name="function">Combines two elements, the one of the lower ranks first. It must be associative, and give the same on every rank; it may be called by several
    /// threads at once if several reduce with it.</param>
    /// <param name="commutative">True when <c>function(a, b)</c> equals <c>function(b, a)</c>; else rank order is kept.</param>
    /// <param name="name">How errors name it.</param>
    /// <returns>The operator; keep it, for it is cheap to use and not to make.</returns>
    /// <remarks>MPI 4.1 §6.9.5.</remarks>
    /// <example><code>
    /// Op gcd = Op.Create&lt;long&gt;((a, b) => { while (b != 0) (a, b) = (b, a % b); return Math.Abs(a); });
    /// long common = comm.Allreduce(12L * (comm.Rank + 1), gcd);
    /// </code></example>
    public static Op Create<T>(Func<T, T, T> function, bool commutative = true, string name = "user operator")
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(function);
        return new UserOp<T>(function, commutative, name);
    }

    /// <inheritdoc/>
    public override string ToString() => $"Op.{Name}";
}
