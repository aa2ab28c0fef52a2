using System.Diagnostics.CodeAnalysis;

namespace Meridian.Primitives;

/// <summary>Checks of what must hold. They stay on in production: a broken one stops the writer before it saves a lie.</summary>
public static class Invariant
{
    /// <summary>Throws <see cref="InvariantBrokenException"/> unless the condition holds.</summary>
    /// <param name="condition">What must hold.</param>
    /// <param name="what">The rule in words, as it should be.</param>
    public static void Holds([DoesNotReturnIf(false)] bool condition, string what)
    {
        if (!condition)
            throw new InvariantBrokenException(what);
    }
}

/// <summary>A bug: something that must hold did not.</summary>
/// <param name="what">The rule that was broken.</param>
public sealed class InvariantBrokenException(string what) : Exception("Broken invariant: " + what);
