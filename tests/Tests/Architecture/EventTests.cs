using System.Reflection;
using MemoryPack;
using Meridian.Domain;
using Xunit;

namespace Meridian.Tests.Architecture;

public sealed class EventTests
{
    [Theory]
    [InlineData("Meridian.Domain.EventFormatter", typeof(DomainEvent))]
    [InlineData("Meridian.Domain.CommandFormatter", typeof(DomainCommand))]
    public void Every_event_and_command_has_a_number_of_its_own(string formatter, Type root)
    {
        var unions = root.Assembly.GetType(formatter, throwOnError: true)!.GetCustomAttributes<MemoryPackUnionAttribute>().ToList();
        var kinds = root.Assembly.GetTypes().Where(type => !type.IsAbstract && type.IsAssignableTo(root));

        Assert.NotEmpty(unions);
        Assert.Equal(unions.Count, unions.Select(union => union.Tag).Distinct().Count());
        Assert.Equal(Names(kinds), Names(unions.Select(union => union.Type)));
    }

    private static IEnumerable<string> Names(IEnumerable<Type> types) =>
        types.Select(type => type.FullName!).Order(StringComparer.Ordinal);
}
